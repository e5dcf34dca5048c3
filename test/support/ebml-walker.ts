/**
 * Walks EBML of known sizes and takes plain Matroska apart, for tests: written apart from `src/matroska`, so that a fault
 * of the demuxer cannot hide in what it is compared with. It trusts its input (what libavformat's muxer writes: known
 * sizes, no lacing, no compression) and fails on anything else.
 */
import { ID } from '../../src/matroska/schema.js';

/** An element and where it stands. */
export interface EbmlElement {
  /** ID with its length marker. */
  readonly id: number;
  /** Offset of the ID. */
  readonly offset: number;
  /** Offset of the data. */
  readonly dataOffset: number;
  /** Offset after the data. */
  readonly end: number;
  /** Elements inside, of the masters that the walker goes into. */
  readonly children: readonly EbmlElement[];
}

/** A track as its TrackEntry says. */
export interface PlainTrack {
  readonly number: number;
  readonly type: 'video' | 'audio' | 'subtitle';
  readonly codecId: string;
  readonly codecPrivate: Uint8Array | undefined;
  /** Nanoseconds. */
  readonly defaultDuration: number | undefined;
  /** Nanoseconds. */
  readonly codecDelay: number;
  /** Nanoseconds. */
  readonly seekPreRoll: number;
  /** The Video or Audio element, whole. */
  readonly settings: Uint8Array | undefined;
}

/** A frame as its block says. */
export interface PlainFrame {
  readonly track: number;
  /** Nanoseconds, with the track's CodecDelay taken off. */
  readonly timeNs: number;
  readonly isKey: boolean;
  /** Nanoseconds. */
  readonly durationNs: number | undefined;
  /** Nanoseconds. */
  readonly discardPadding: number;
  readonly data: Uint8Array;
  /** Offset of the SimpleBlock or BlockGroup. */
  readonly offset: number;
}

/** A plain Matroska file, taken apart. */
export interface PlainMatroska {
  /** Nanoseconds of a tick. */
  readonly timestampScale: number;
  readonly tracks: readonly PlainTrack[];
  /** In stored order. */
  readonly frames: readonly PlainFrame[];
}

const MASTERS = new Set<number>([
  ID.EBML,
  ID.Segment,
  ID.SeekHead,
  ID.Seek,
  ID.Info,
  ID.Tracks,
  ID.TrackEntry,
  ID.Cluster,
  ID.BlockGroup,
  ID.Cues,
  ID.CuePoint,
  ID.CueTrackPositions,
]);

const TRACK_TYPES: Readonly<Record<number, PlainTrack['type']>> = { 1: 'video', 2: 'audio', 17: 'subtitle' };

/** Lists the elements that fill a range, with their children. */
export function walkEbml(bytes: Uint8Array, from = 0, to = bytes.length): EbmlElement[] {
  const elements: EbmlElement[] = [];
  for (let at = from; at < to;) {
    const idWidth = Math.clz32(bytes[at]!) - 23;
    const sizeAt = at + idWidth;
    const sizeWidth = Math.clz32(bytes[sizeAt]!) - 23;
    const id = unsigned(bytes.subarray(at, sizeAt));
    const dataOffset = sizeAt + sizeWidth;
    const marker = 0x80 >> (sizeWidth - 1);
    const size = unsigned([bytes[sizeAt]! ^ marker, ...bytes.subarray(sizeAt + 1, dataOffset)]);
    const end = dataOffset + size;
    if (sizeWidth > 8 || end > to)
      throw new RangeError(`element ${id.toString(16)} at ${at} ends at ${end}, after ${to}`);
    const children = MASTERS.has(id) ? walkEbml(bytes, dataOffset, end) : [];
    elements.push({ id, offset: at, dataOffset, end, children });
    at = end;
  }
  return elements;
}

/** Takes a plain Matroska file apart; `data` are views. */
export function readPlainMatroska(bytes: Uint8Array): PlainMatroska {
  const segment = childrenOf(walkEbml(bytes), ID.Segment)[0]!.children;
  const info = childrenOf(segment, ID.Info)[0]!;
  const timestampScale = number(bytes, info.children, ID.TimestampScale) ?? 1_000_000;
  const entries = childrenOf(childrenOf(segment, ID.Tracks)[0]!.children, ID.TrackEntry);
  const tracks = entries.map((entry) => readTrack(bytes, entry));
  const frames: PlainFrame[] = [];
  for (const cluster of childrenOf(segment, ID.Cluster)) {
    const clusterTime = number(bytes, cluster.children, ID.Timestamp)!;
    for (const element of cluster.children) {
      if (element.id !== ID.SimpleBlock && element.id !== ID.BlockGroup) continue;
      frames.push(readFrame(bytes, element, clusterTime, timestampScale, tracks));
    }
  }
  return { timestampScale, tracks, frames };
}

function readTrack(bytes: Uint8Array, { children }: EbmlElement): PlainTrack {
  const settings = children.find(({ id }) => id === ID.Video || id === ID.Audio);
  const codecId = childrenOf(children, ID.CodecID)[0]!;
  const codecPrivate = childrenOf(children, ID.CodecPrivate)[0];
  return {
    number: number(bytes, children, ID.TrackNumber)!,
    type: TRACK_TYPES[number(bytes, children, ID.TrackType)!]!,
    codecId: new TextDecoder().decode(dataOf(bytes, codecId)),
    codecPrivate: codecPrivate && dataOf(bytes, codecPrivate),
    defaultDuration: number(bytes, children, ID.DefaultDuration),
    codecDelay: number(bytes, children, ID.CodecDelay) ?? 0,
    seekPreRoll: number(bytes, children, ID.SeekPreRoll) ?? 0,
    settings: settings && bytes.subarray(settings.offset, settings.end),
  };
}

function readFrame(
  bytes: Uint8Array,
  element: EbmlElement,
  clusterTime: number,
  timestampScale: number,
  tracks: readonly PlainTrack[],
): PlainFrame {
  const isGroup = element.id === ID.BlockGroup;
  const block = dataOf(bytes, isGroup ? childrenOf(element.children, ID.Block)[0]! : element);
  if (block[0]! < 0x80) throw new RangeError(`a track number of more than one byte at ${element.offset}`);
  const flags = block[3]!;
  if ((flags & 0x06) !== 0) throw new RangeError(`a laced block at ${element.offset}`);
  const track = block[0]! & 0x7f;
  const time = clusterTime + ((block[1]! << 24) >> 16) + block[2]!;
  const duration = number(bytes, element.children, ID.BlockDuration);
  const padding = childrenOf(element.children, ID.DiscardPadding)[0];
  return {
    track,
    timeNs: time * timestampScale - (tracks.find((one) => one.number === track)?.codecDelay ?? 0),
    isKey: isGroup ? childrenOf(element.children, ID.ReferenceBlock).length === 0 : (flags & 0x80) !== 0,
    durationNs: duration === undefined ? undefined : duration * timestampScale,
    discardPadding: padding === undefined ? 0 : signed(dataOf(bytes, padding)),
    data: block.subarray(4),
    offset: element.offset,
  };
}

function childrenOf(elements: readonly EbmlElement[], id: number): EbmlElement[] {
  return elements.filter((element) => element.id === id);
}

function dataOf(bytes: Uint8Array, { dataOffset, end }: EbmlElement): Uint8Array {
  return bytes.subarray(dataOffset, end);
}

function number(bytes: Uint8Array, elements: readonly EbmlElement[], id: number): number | undefined {
  const element = childrenOf(elements, id)[0];
  return element && unsigned(dataOf(bytes, element));
}

function unsigned(data: Iterable<number>): number {
  let value = 0;
  for (const byte of data) value = value * 256 + byte;
  return value;
}

function signed(data: Uint8Array): number {
  const value = data.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return Number(BigInt.asIntN(8 * data.length, value));
}
