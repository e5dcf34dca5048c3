import type { Sample } from '../../media/sample.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { COLORS, isPaletted, PALETTE_BYTES, paletteOf } from '../palette.js';
import type { StreamTrack } from './describe-tracks.js';
import { readAviIndex, type IndexedChunk } from './read-avi-index.js';

/**
 * Palettes that change in mid-stream. libavformat gives a change with the first packet behind it when it reads on from there,
 * and none after a seek; and where a change is of some colours alone, it takes the others from wherever it was before. Here each
 * picture is given the palette of its place, from wherever it is read.
 */
export interface AviPalettes {
  /**
   * Begins to give samples their palettes.
   * @param signal - ends it.
   * @returns gives them to a batch; it is quick with samples in stored order. Those of other tracks stay as they are.
   */
  reader(signal: AbortSignal | undefined): (samples: readonly Sample[]) => Promise<readonly Sample[]>;
}

/** Changes of a stream that are known at most: those of an hour with one for each picture. Later ones are left out. */
const MOST_CHANGES = 1 << 17;

/** Before the colours stand the number of the first one, how many they are (256 as 0) and 16 bits of flags. */
const CHANGE_HEAD_BYTES = 4;

/** What the changes of a stream are applied to, and where they stand. */
interface Changes {
  readonly stated: Uint8Array;
  readonly chunks: readonly IndexedChunk[];
}

/** A palette, and how many changes have made it. */
interface Palette {
  readonly changes: number;
  readonly colors: Uint8Array;
}

/**
 * Finds where the palettes of an AVI file change.
 * @param source - seekable.
 * @param tracks - of the file.
 * @param options - a signal.
 * @returns undefined where none does, as far as its index says; other files than those of palettes are not looked into.
 * @throws {SourceError} when the source cannot be read.
 * @see Microsoft, "AVI RIFF File Reference": AVIPALCHANGE, and AVIOLDINDEX
 */
export async function readAviPalettes(
  source: Source,
  tracks: readonly StreamTrack[],
  options: ReadOptions,
): Promise<AviPalettes | undefined> {
  const paletted = tracks.filter(({ track }) => track.type === 'video' && isPaletted(track));
  if (paletted.length === 0) return undefined;
  const names = new Map(paletted.map(({ index }) => [`${String(index).padStart(2, '0')}pc`, index]));
  const found = await readAviIndex(source, (name) => names.has(name), MOST_CHANGES, options);
  if (found.length === 0) return undefined;
  const changes = new Map<number, Changes>();
  for (const { index, track } of paletted) {
    const chunks = found.filter(({ name }) => names.get(name) === index);
    const stated = paletteOf(track, track.codecPrivate ?? new Uint8Array(0)) ?? new Uint8Array(PALETTE_BYTES);
    if (chunks.length > 0) changes.set(track.id, { stated, chunks });
  }
  return { reader: (signal) => createReader(source, changes, signal) };
}

function createReader(
  source: Source,
  changesOf: ReadonlyMap<number, Changes>,
  signal: AbortSignal | undefined,
): (samples: readonly Sample[]) => Promise<readonly Sample[]> {
  const last = new Map<number, Palette>();
  const paletteFor = ({ trackId, offset }: Sample, changes: Changes): Uint8Array | Promise<Uint8Array> => {
    const known = last.get(trackId) ?? { changes: 0, colors: changes.stated };
    const wanted = countBefore(changes.chunks, offset, known.changes);
    return wanted === known.changes ? known.colors : change(trackId, changes, known, wanted);
  };
  const change = async (
    trackId: number,
    changes: Changes,
    known: Palette,
    wanted: number,
  ): Promise<Uint8Array> => {
    const from = wanted > known.changes ? known : { changes: 0, colors: changes.stated };
    const colors = await applyChanges(
      source,
      changes.chunks.slice(from.changes, wanted),
      from.colors,
      signal,
    );
    last.set(trackId, { changes: wanted, colors });
    return colors;
  };
  return async (samples) => {
    const given: Sample[] = [];
    for (const sample of samples) {
      const changes = changesOf.get(sample.trackId);
      if (changes === undefined) given.push(sample);
      else {
        const found = paletteFor(sample, changes);
        // Most pictures have the palette of the one before: nothing is waited for.
        given.push({ ...sample, palette: found instanceof Uint8Array ? found : await found });
      }
    }
    return given;
  };
}

/** How many chunks stand before an offset. @param hint - probably so many, or a few more. */
function countBefore(chunks: readonly IndexedChunk[], offset: number, hint: number): number {
  const isBefore = (at: number): boolean => at < chunks.length && chunks[at]!.offset < offset;
  const isHintRight = (hint === 0 || isBefore(hint - 1)) && !isBefore(hint);
  if (isHintRight) return hint;
  let [low, high] = [0, chunks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Makes a palette of another one. What lies before a change of all colours is of no matter, and not read. */
async function applyChanges(
  source: Source,
  chunks: readonly IndexedChunk[],
  before: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const changes: Uint8Array[] = [];
  for (let at = chunks.length - 1; at >= 0; at--) {
    const { offset, size } = chunks[at]!;
    const most = CHANGE_HEAD_BYTES + PALETTE_BYTES;
    const change = await source.read(offset, Math.min(size, most), { signal });
    changes.push(change);
    if (change.length === most && change[0] === 0 && change[1] === 0) break;
  }
  // Not a slice: that of a Buffer would be the same memory.
  const colors = Uint8Array.from(before);
  for (const change of changes.reverse()) applyChange(change, colors);
  return colors;
}

function applyChange(change: Uint8Array, colors: Uint8Array): void {
  const [first = 0, count = 0] = change;
  const stated = Math.floor((change.length - CHANGE_HEAD_BYTES) / 4);
  const end = Math.min(COLORS, first + Math.min(stated, count === 0 ? COLORS : count));
  let at = CHANGE_HEAD_BYTES;
  for (let color = first; color < end; color++, at += 4) {
    colors[4 * color] = change[at + 2]!;
    colors[4 * color + 1] = change[at + 1]!;
    colors[4 * color + 2] = change[at]!;
    colors[4 * color + 3] = 0xff;
  }
}
