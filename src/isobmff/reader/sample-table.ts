import { MalformedMediaError } from '../../errors.js';
import { findBox, type BoxView } from '../box-view.js';
import { parseCtts, type CompositionOffsets } from '../boxes/ctts.js';
import { parseStco } from '../boxes/stco.js';
import { parseStsc, type SampleToChunk } from '../boxes/stsc.js';
import { parseStss } from '../boxes/stss.js';
import { parseStsz, type SampleSizes } from '../boxes/stsz.js';
import { parseStts, type TimeToSample } from '../boxes/stts.js';
import { runAt } from './runs.js';

/** How samples that are too small to be taken one by one are taken together: PCM, and QuickTime's old codecs. */
export interface SampleGrouping {
  /** Most samples of one group; a group never leaves its chunk. */
  readonly samples: number;
  /** Samples that share one block of bytes. */
  readonly blockSamples: number;
  /** Bytes of one block. */
  readonly blockBytes: number;
}

/** The sample tables of a track, kept as they are stored: in runs, without an object for each sample. */
export interface SampleTable {
  /** Number of samples that have a place in the file. */
  readonly count: number;
  /** Decode times. */
  readonly times: TimeToSample;
  /** Composition offsets; undefined when they are all 0. */
  readonly compositionOffsets: CompositionOffsets | undefined;
  /** Numbers of the sync samples, counted from 0, rising; undefined when every sample is one. */
  readonly syncSamples: Uint32Array | undefined;
  /** Sizes. */
  readonly sizes: SampleSizes;
  /** Byte offsets of the chunks. */
  readonly chunkOffsets: Float64Array;
  /** First sample of each chunk; one more at the end is {@link SampleTable.count}. */
  readonly chunkFirstSamples: Float64Array;
  /** How many samples the chunks have, and which sample entry. */
  readonly chunkRuns: SampleToChunk;
  /** Set when samples are taken in groups. */
  readonly grouping: SampleGrouping | undefined;
  /** Bits of {@link SAMPLE_MARK} for each sample; undefined when none has any. */
  readonly marks?: Uint8Array | undefined;
}

/** What is to be known of samples whose edit list cuts within groups of pictures. */
export const SAMPLE_MARK = {
  /** It is decoded and not shown. */
  hidden: 1,
  /** It does not follow the one before it in the media: decoding begins anew. */
  beginsAnew: 2,
} as const;

/**
 * Parses the tables of a track's `stbl`.
 * @param stbl - its children.
 * @param onFault - told where tables contradict each other; what all of them agree on is used.
 * @returns undefined when the track has no samples in them, as in a fragmented file.
 * @throws {MalformedMediaError} when a table is broken, or one that must be there is not.
 * @see ISO/IEC 14496-12 - 8.6 and 8.7
 */
export function parseSampleTable(
  stbl: readonly BoxView[],
  onFault: (reason: string) => void,
): SampleTable | undefined {
  const sizesBox = findBox(stbl, 'stsz') ?? findBox(stbl, 'stz2');
  const offsetsBox = findBox(stbl, 'stco') ?? findBox(stbl, 'co64');
  if (sizesBox === undefined || offsetsBox === undefined) return undefined;
  const sizes = parseStsz(sizesBox);
  const chunkOffsets = parseStco(offsetsBox);
  if (sizes.count === 0 || chunkOffsets.length === 0) return undefined;
  const chunkRuns = parseStsc(demand(stbl, 'stsc', sizesBox));
  const chunkFirstSamples = countChunkSamples(chunkOffsets.length, chunkRuns, sizes.count);
  const count = chunkFirstSamples.at(-1)!;
  if (count < sizes.count) {
    onFault(`${sizes.count - count} of ${sizes.count} samples are in no chunk`);
  }
  const ctts = findBox(stbl, 'ctts');
  return {
    count,
    times: parseStts(demand(stbl, 'stts', sizesBox)),
    compositionOffsets: ctts === undefined ? undefined : nonZero(parseCtts(ctts)),
    syncSamples: parseSyncSamples(stbl, count),
    sizes,
    chunkOffsets,
    chunkFirstSamples,
    chunkRuns,
    grouping: undefined,
  };
}

function demand(stbl: readonly BoxView[], type: string, sibling: BoxView): BoxView {
  const box = findBox(stbl, type);
  if (box !== undefined) return box;
  throw new MalformedMediaError(`A track has samples, but no ${type} box that describes them.`, {
    context: { element: 'stbl', offset: sibling.offset, spec: 'ISO/IEC 14496-12 - 8.5.1' },
  });
}

/** Chunks beyond the sizes that are there hold nothing. */
function countChunkSamples(chunks: number, runs: SampleToChunk, samples: number): Float64Array {
  const firstSamples = new Float64Array(chunks + 1);
  let sample = 0;
  let run = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    firstSamples[chunk] = sample;
    while (run + 1 < runs.firstChunks.length && runs.firstChunks[run + 1]! <= chunk) run++;
    sample = Math.min(samples, sample + (runs.samplesPerChunk[run] ?? 0));
  }
  firstSamples[chunks] = sample;
  return firstSamples;
}

function nonZero(table: CompositionOffsets): CompositionOffsets | undefined {
  return table.offsets.some((offset) => offset !== 0) ? table : undefined;
}

/**
 * Joins sync samples and QuickTime's partial ones, at which decoding can begin as well. An empty table says that there is
 * no sync sample; the first one then is where one has to begin.
 */
function parseSyncSamples(stbl: readonly BoxView[], count: number): Uint32Array | undefined {
  const stss = findBox(stbl, 'stss');
  if (stss === undefined) return undefined;
  const stps = findBox(stbl, 'stps');
  const full = parseStss(stss);
  const partial = stps === undefined ? new Uint32Array(0) : parseStss(stps);
  const all = new Uint32Array(full.length + partial.length);
  all.set(full);
  all.set(partial, full.length);
  all.sort();
  let kept = 0;
  for (const number of all) {
    if (number === 0 || number > count || (kept > 0 && all[kept - 1] === number - 1)) continue;
    all[kept++] = number - 1;
  }
  return kept === 0 ? new Uint32Array(1) : all.subarray(0, kept);
}

/** Decode time of a sample in ticks; samples that the table does not reach go on with its last duration. */
export function decodeTimeOf({ times }: SampleTable, sample: number): number {
  const runs = times.deltas.length;
  if (runs === 0) return 0;
  const run = Math.min(runAt(times.firstSamples, sample), runs - 1);
  return times.firstTimes[run]! + (sample - times.firstSamples[run]!) * times.deltas[run]!;
}

/** For how long a sample lasts, in ticks. */
export function durationOf({ times }: SampleTable, sample: number): number {
  return times.deltas[Math.min(runAt(times.firstSamples, sample), times.deltas.length - 1)] ?? 0;
}

/** Composition time of a sample in ticks. */
export function compositionTimeOf(table: SampleTable, sample: number): number {
  const { compositionOffsets } = table;
  const decodeTime = decodeTimeOf(table, sample);
  if (compositionOffsets === undefined) return decodeTime;
  const run = runAt(compositionOffsets.firstSamples, sample);
  return decodeTime + (compositionOffsets.offsets[run] ?? 0);
}

/** The last sample whose decode time is not after a time; 0 when there is none. */
export function sampleAtDecodeTime(table: SampleTable, time: number): number {
  const { firstTimes, firstSamples, deltas } = table.times;
  if (deltas.length === 0 || time < 0) return 0;
  const run = Math.min(runAt(firstTimes, time), deltas.length - 1);
  const delta = deltas[run]!;
  const within = delta === 0 ? 0 : Math.floor((time - firstTimes[run]!) / delta);
  // Where an edit list leaves time empty, a run ends before the next one begins.
  const end = run + 1 < deltas.length ? firstSamples[run + 1]! : table.count;
  return Math.min(firstSamples[run]! + within, end - 1);
}

/** The last sync sample whose composition time is not after a time; the first sample when there is none. */
export function syncSampleAt(table: SampleTable, time: number): number {
  const { syncSamples } = table;
  if (syncSamples === undefined) {
    let sample = sampleAtDecodeTime(table, time);
    while (sample > 0 && compositionTimeOf(table, sample) > time) sample--;
    return sample;
  }
  let low = 0;
  let high = syncSamples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compositionTimeOf(table, syncSamples[middle]!) <= time) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : syncSamples[low - 1]!;
}

/** Chunk that holds a sample. */
export function chunkOf({ chunkFirstSamples }: SampleTable, sample: number): number {
  return runAt(chunkFirstSamples, sample);
}
