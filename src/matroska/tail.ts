import type { ReadOptions, Source } from '../media/source.js';
import { ByteQueue } from './byte-queue.js';
import { ElementHeader } from './element-header.js';
import type { SeekEntry } from './seek-head.js';
import { ID } from './schema.js';
import type { SegmentAccess } from './segment-access.js';

/** A run of a source's bytes that were read at once. */
export interface TailWindow {
  /** Offset of its first byte in the source. */
  readonly offset: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** Bytes of Clusters that the first read takes, and what each further read takes more, as a factor. */
const FIRST_BYTES = 1 << 20;
const GROWTH = 4;
/** What stands behind the Clusters is read along up to this size. */
const BEHIND_BYTES = 4 << 20;

/**
 * Reads the end of the Clusters and, where it is small, what stands behind them.
 * @param seeks - entries of the SeekHeads: where something stands behind the Clusters, the Clusters end there.
 * @returns the first and smallest window; undefined when the source has no known end.
 * @throws {SourceError} when the source cannot be read.
 */
export async function readTailWindow(
  access: SegmentAccess,
  seeks: readonly SeekEntry[],
  options: ReadOptions = {},
): Promise<TailWindow | undefined> {
  const { source, firstClusterOffset, segmentEnd } = access;
  const { size } = source;
  if (size === undefined || !source.seekable) return undefined;
  // What the file says of itself is tried first, and the end of the source stands for what is not true.
  const behind = seeks.filter(({ offset }) => offset > firstClusterOffset && offset < size);
  const stated = [Math.min(...behind.map(({ offset }) => offset)), segmentEnd];
  for (const end of stated.filter((offset) => offset < size)) {
    const window = await readWindow(source, firstClusterOffset, end, options);
    const id = idAt(window, end);
    const isTrue = behind.some((entry) => entry.offset === end && entry.id === id);
    if (isTrue || (end === segmentEnd && id !== ID.Cluster)) return window;
  }
  return readWindow(source, firstClusterOffset, size, options);
}

function readWindow(source: Source, first: number, end: number, options: ReadOptions): Promise<TailWindow> {
  const offset = Math.max(first, end - FIRST_BYTES);
  const until = Math.min(source.size ?? end, end + BEHIND_BYTES);
  return readRange(source, offset, until, options);
}

/**
 * Puts more of the source in front of a window.
 * @returns undefined when the window begins at the first Cluster already.
 * @throws {SourceError} when the source cannot be read.
 */
export async function extendTailWindow(
  access: SegmentAccess,
  window: TailWindow,
  options: ReadOptions = {},
): Promise<TailWindow | undefined> {
  if (window.offset <= access.firstClusterOffset) return undefined;
  const more = Math.max(FIRST_BYTES, window.bytes.length) * (GROWTH - 1);
  const offset = Math.max(access.firstClusterOffset, window.offset - more);
  const before = await readRange(access.source, offset, window.offset, options);
  if (before.bytes.length < window.offset - offset) return undefined;
  const bytes = new Uint8Array(before.bytes.length + window.bytes.length);
  bytes.set(before.bytes);
  bytes.set(window.bytes, before.bytes.length);
  return { offset, bytes };
}

/** Lets ranges that lie within a window be read from it. The source is closed as before. */
export function withWindow(source: Source, window: TailWindow): Source {
  const end = window.offset + window.bytes.length;
  return {
    name: source.name,
    size: source.size,
    seekable: source.seekable,
    identity: source.identity,
    isLocal: source.isLocal,
    stream: (offset, options) => source.stream(offset, options),
    read: (offset, length, options) =>
      offset >= window.offset && offset + length <= end
        ? Promise.resolve(window.bytes.subarray(offset - window.offset, offset - window.offset + length))
        : source.read(offset, length, options),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

async function readRange(
  source: Source,
  offset: number,
  end: number,
  options: ReadOptions,
): Promise<TailWindow> {
  return { offset, bytes: await source.read(offset, end - offset, options) };
}

function idAt(window: TailWindow, offset: number): number | undefined {
  const queue = new ByteQueue(offset);
  queue.append(window.bytes.subarray(offset - window.offset));
  const header = new ElementHeader();
  return header.parse(queue) === 'whole' ? header.id : undefined;
}
