import type { SampleToChunk } from '../boxes/stsc.js';
import type { TimeToSample } from '../boxes/stts.js';
import { chunkOf, decodeTimeOf, SAMPLE_MARK, type SampleTable } from './sample-table.js';
import { runAt } from './runs.js';

/** Samples that follow one another in a table, and when they are decoded. */
export interface Splice {
  /** The first one. */
  readonly first: number;
  /** The one before which to end. */
  readonly end: number;
  /** Decode time of the first, in ticks; the others keep their distance from it. */
  readonly decodeTime: number;
  /** Duration of each in ticks, where it is another than the table's. */
  readonly delta?: number | undefined;
  /** Composition offset of each in ticks, where it is another than the table's. */
  readonly compositionOffset?: number | undefined;
  /** Its pictures are decoded and not shown. */
  readonly isHidden?: boolean | undefined;
  /** With its first picture decoding begins anew. It may then come before some that the splice before it has. */
  readonly beginsAnew?: boolean | undefined;
}

/**
 * Builds the tables of a track that has only some of the samples of another, at other times.
 * @param table - of the other; has durations.
 * @param splices - none begins before the one before it does, nor before the last one with which decoding begins anew.
 */
export function spliceTable(table: SampleTable, splices: readonly Splice[]): SampleTable {
  const count = splices.reduce((sum, { first, end }) => sum + end - first, 0);
  return {
    count,
    times: spliceTimes(table, splices),
    compositionOffsets: spliceOffsets(table, splices),
    syncSamples: spliceSyncSamples(table, splices),
    sizes: spliceSizes(table, splices, count),
    ...spliceChunks(table, splices, count),
    grouping: table.grouping,
    marks: spliceMarks(splices, count),
  };
}

/** What has to be known of each sample to decode them; undefined when nothing has. */
function spliceMarks(splices: readonly Splice[], count: number): Uint8Array | undefined {
  if (!splices.some(({ isHidden, beginsAnew }) => isHidden === true || beginsAnew === true)) return undefined;
  const marks = new Uint8Array(count);
  let at = 0;
  for (const { first, end, isHidden, beginsAnew } of splices) {
    if (isHidden === true) marks.fill(SAMPLE_MARK.hidden, at, at + end - first);
    if (beginsAnew === true) marks[at]! |= SAMPLE_MARK.beginsAnew;
    at += end - first;
  }
  return marks;
}

function spliceTimes(table: SampleTable, splices: readonly Splice[]): TimeToSample {
  const { firstSamples, deltas } = table.times;
  const samples: number[] = [];
  const times: number[] = [];
  const durations: number[] = [];
  let count = 0;
  let time = 0;
  const add = (length: number, delta: number): void => {
    const isSame = durations.at(-1) === delta && times.at(-1)! + (count - samples.at(-1)!) * delta === time;
    if (!isSame) {
      samples.push(count);
      times.push(time);
      durations.push(delta);
    }
    count += length;
    time += length * delta;
  };
  for (const { first, end, decodeTime, delta } of splices) {
    time = decodeTime;
    if (delta !== undefined) add(end - first, delta);
    else {
      for (let at = first; at < end;) {
        const run = Math.min(runAt(firstSamples, at), deltas.length - 1);
        const next = run + 1 < deltas.length ? Math.min(end, firstSamples[run + 1]!) : end;
        add(next - at, deltas[run]!);
        at = next;
      }
    }
  }
  return {
    firstSamples: Float64Array.from([...samples, count]),
    firstTimes: Float64Array.from([...times, time]),
    deltas: Uint32Array.from(durations),
  };
}

const NO_OFFSETS = { firstSamples: new Float64Array(1), offsets: new Int32Array(0) };

function spliceOffsets(
  { compositionOffsets }: SampleTable,
  splices: readonly Splice[],
): SampleTable['compositionOffsets'] {
  if (compositionOffsets === undefined && splices.every((splice) => splice.compositionOffset === undefined)) {
    return undefined;
  }
  const { firstSamples, offsets } = compositionOffsets ?? NO_OFFSETS;
  const samples: number[] = [];
  const values: number[] = [];
  let count = 0;
  for (const { first, end, compositionOffset } of splices) {
    for (let at = first; at < end;) {
      const run = runAt(firstSamples, at);
      const next = run < offsets.length ? Math.min(end, firstSamples[run + 1]!) : end;
      const value = compositionOffset ?? offsets[run] ?? 0;
      if (values.at(-1) !== value) {
        samples.push(count);
        values.push(value);
      }
      count += next - at;
      at = next;
    }
  }
  return { firstSamples: Float64Array.from([...samples, count]), offsets: Int32Array.from(values) };
}

function spliceSyncSamples(
  { syncSamples }: SampleTable,
  splices: readonly Splice[],
): Uint32Array | undefined {
  if (syncSamples === undefined) return undefined;
  const kept: number[] = [];
  let count = 0;
  let at = 0;
  for (const { first, end } of splices) {
    // The same sample may be in the splice before, too.
    while (at > 0 && syncSamples[at - 1]! >= first) at--;
    while (at < syncSamples.length && syncSamples[at]! < first) at++;
    for (; at < syncSamples.length && syncSamples[at]! < end; at++) {
      kept.push(syncSamples[at]! - first + count);
    }
    count += end - first;
  }
  return Uint32Array.from(kept);
}

function spliceSizes(
  { sizes: { constant, sizes } }: SampleTable,
  splices: readonly Splice[],
  count: number,
): SampleTable['sizes'] {
  if (constant !== 0) return { count, constant, sizes };
  const kept = new Uint32Array(count);
  let at = 0;
  for (const { first, end } of splices) {
    kept.set(sizes.subarray(first, end), at);
    at += end - first;
  }
  return { count, constant, sizes: kept };
}

/** Where a sample is stored. */
interface Place {
  readonly chunk: number;
  readonly sample: number;
  readonly offset: number;
}

function spliceChunks(
  table: SampleTable,
  splices: readonly Splice[],
  count: number,
): Pick<SampleTable, 'chunkOffsets' | 'chunkFirstSamples' | 'chunkRuns'> {
  const { chunkFirstSamples, chunkOffsets } = table;
  const offsets: number[] = [];
  const firstSamples: number[] = [];
  const runs = new ChunkRuns(table.chunkRuns);
  let place: Place | undefined;
  let begun: Place | undefined;
  let added = 0;
  for (const { first, end, beginsAnew } of splices) {
    place = placeOf(table, first, place === undefined || place.sample <= first ? place : begun);
    if (beginsAnew === true) begun = place;
    let { chunk, offset } = place;
    for (let at = first; at < end;) {
      const next = Math.min(end, chunkFirstSamples[chunk + 1]!);
      if (next > at) {
        runs.add(offsets.length, chunk, next - at);
        offsets.push(offset);
        firstSamples.push(added);
        added += next - at;
        at = next;
      }
      offset = chunkOffsets[++chunk]!;
    }
  }
  return {
    chunkOffsets: Float64Array.from(offsets),
    chunkFirstSamples: Float64Array.from([...firstSamples, count]),
    chunkRuns: runs.finish(),
  };
}

/** Counts on from a place before it in the same chunk, where there is one: a chunk may hold all samples. */
function placeOf(table: SampleTable, sample: number, before: Place | undefined): Place {
  const { sizes, grouping, chunkOffsets, chunkFirstSamples } = table;
  const chunk = chunkOf(table, sample);
  const begun = before?.chunk === chunk ? before : undefined;
  const from = begun?.sample ?? chunkFirstSamples[chunk]!;
  let offset = begun?.offset ?? chunkOffsets[chunk]!;
  const passed = sample - from;
  if (grouping !== undefined) offset += Math.floor(passed / grouping.blockSamples) * grouping.blockBytes;
  else if (sizes.constant !== 0) offset += passed * sizes.constant;
  else for (let i = from; i < sample; i++) offset += sizes.sizes[i]!;
  return { chunk, sample, offset };
}

/** Gathers runs of chunks that are alike. */
class ChunkRuns {
  readonly #of: SampleToChunk;
  #run = 0;
  readonly #firstChunks: number[] = [];
  readonly #samples: number[] = [];
  readonly #descriptions: number[] = [];

  constructor(of: SampleToChunk) {
    this.#of = of;
  }

  /** Adds a chunk that holds a part of one of the others. */
  add(added: number, chunk: number, samples: number): void {
    const { firstChunks, descriptionIndices } = this.#of;
    while (this.#run > 0 && firstChunks[this.#run]! > chunk) this.#run--;
    while (this.#run + 1 < firstChunks.length && firstChunks[this.#run + 1]! <= chunk) this.#run++;
    const description = descriptionIndices[this.#run] ?? 1;
    if (this.#descriptions.at(-1) === description && this.#samples.at(-1) === samples) return;
    this.#firstChunks.push(added);
    this.#samples.push(samples);
    this.#descriptions.push(description);
  }

  finish(): SampleToChunk {
    return {
      firstChunks: Uint32Array.from(this.#firstChunks),
      samplesPerChunk: Uint32Array.from(this.#samples),
      descriptionIndices: Uint32Array.from(this.#descriptions),
    };
  }
}

/** When a sample of a splice is no longer decoded, in ticks. */
export function endOfSplice(table: SampleTable, { first, end, decodeTime, delta }: Splice): number {
  if (delta !== undefined) return decodeTime + (end - first) * delta;
  return decodeTime + decodeTimeOf(table, end) - decodeTimeOf(table, first);
}
