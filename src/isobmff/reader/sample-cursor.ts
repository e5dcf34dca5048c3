import { chunkOf, SAMPLE_MARK, type SampleTable } from './sample-table.js';
import { runAt } from './runs.js';

/** Walks the samples of a table, or groups of them, in decode order; its fields tell of the one that it stands at. */
export class SampleCursor {
  /** Number of the sample, counted from 0; of the group's first one. */
  sample = 0;
  /** Samples of the group; 1 as a rule. */
  groupSamples = 1;
  /** Byte offset in the source. */
  offset = 0;
  /** Bytes. */
  size = 0;
  /** Ticks. */
  decodeTime = 0;
  /** Ticks. */
  duration = 0;
  /** Ticks; presentation minus decode time. */
  compositionOffset = 0;
  /** Whether decoding can begin here. */
  isSync = true;
  /** Whether it is decoded and not shown. */
  isHidden = false;
  /** Whether decoding begins anew here. */
  beginsAnew = false;
  /** Sample entry, counted from 1. */
  descriptionIndex = 1;
  readonly #table: SampleTable;
  readonly #end: number;
  #chunk = 0;
  #chunkRun = 0;
  #timeRun = 0;
  #offsetRun = 0;
  #sync = 0;

  /**
   * @param table - what is walked.
   * @param start - the sample to stand at first; it may be the end.
   * @param end - the sample before which the walk ends.
   */
  constructor(table: SampleTable, start = 0, end = table.count) {
    this.#table = table;
    this.#end = Math.min(end, table.count);
    this.#seek(start);
  }

  /** Whether all samples have been walked. */
  get isAtEnd(): boolean {
    return this.sample >= this.#end;
  }

  /** Moves to the next sample or group. */
  advance(): void {
    this.sample += this.groupSamples;
    this.offset += this.size;
    if (this.isAtEnd) return;
    const { chunkFirstSamples } = this.#table;
    if (this.sample >= chunkFirstSamples[this.#chunk + 1]!) {
      do this.#chunk++;
      while (this.sample >= chunkFirstSamples[this.#chunk + 1]!);
      this.#enterChunk();
    }
    this.#describe();
  }

  #seek(start: number): void {
    const table = this.#table;
    this.sample = start;
    if (this.isAtEnd) return;
    this.#chunk = chunkOf(table, start);
    const first = table.chunkFirstSamples[this.#chunk]!;
    if (table.grouping !== undefined) {
      this.sample = first + Math.floor((start - first) / table.grouping.samples) * table.grouping.samples;
    }
    this.#timeRun = runAt(table.times.firstSamples, this.sample);
    if (table.compositionOffsets !== undefined) {
      this.#offsetRun = runAt(table.compositionOffsets.firstSamples, this.sample);
    }
    this.#enterChunk();
    this.offset += this.#bytesOf(first, this.sample);
    this.#describe();
  }

  #enterChunk(): void {
    const { chunkRuns, chunkOffsets } = this.#table;
    const { firstChunks } = chunkRuns;
    while (this.#chunkRun + 1 < firstChunks.length && firstChunks[this.#chunkRun + 1]! <= this.#chunk) {
      this.#chunkRun++;
    }
    this.offset = chunkOffsets[this.#chunk]!;
    this.descriptionIndex = chunkRuns.descriptionIndices[this.#chunkRun] ?? 1;
  }

  /** Bytes of the samples of one chunk from one up to another. */
  #bytesOf(from: number, to: number): number {
    const { sizes, grouping } = this.#table;
    if (grouping !== undefined) return Math.ceil((to - from) / grouping.blockSamples) * grouping.blockBytes;
    if (sizes.constant !== 0) return (to - from) * sizes.constant;
    let bytes = 0;
    for (let i = from; i < to; i++) bytes += sizes.sizes[i]!;
    return bytes;
  }

  #describe(): void {
    const { times, compositionOffsets, syncSamples, sizes, grouping, chunkFirstSamples, marks } = this.#table;
    const { sample } = this;
    const chunkEnd = Math.min(chunkFirstSamples[this.#chunk + 1]!, this.#end);
    this.groupSamples = grouping === undefined ? 1 : Math.min(grouping.samples, chunkEnd - sample);
    this.size =
      grouping !== undefined
        ? this.#bytesOf(sample, sample + this.groupSamples)
        : sizes.constant !== 0
          ? sizes.constant
          : sizes.sizes[sample]!;

    const lastTimeRun = times.deltas.length - 1;
    while (this.#timeRun < lastTimeRun && times.firstSamples[this.#timeRun + 1]! <= sample) this.#timeRun++;
    const timeRun = Math.min(this.#timeRun, Math.max(0, lastTimeRun));
    const delta = times.deltas[timeRun] ?? 0;
    this.decodeTime = times.firstTimes[timeRun]! + (sample - times.firstSamples[timeRun]!) * delta;
    this.duration = delta * this.groupSamples;

    this.compositionOffset = 0;
    if (compositionOffsets !== undefined) {
      const { firstSamples, offsets } = compositionOffsets;
      while (this.#offsetRun < offsets.length && firstSamples[this.#offsetRun + 1]! <= sample)
        this.#offsetRun++;
      this.compositionOffset = offsets[this.#offsetRun] ?? 0;
    }
    if (marks !== undefined) {
      this.isHidden = (marks[sample]! & SAMPLE_MARK.hidden) !== 0;
      this.beginsAnew = (marks[sample]! & SAMPLE_MARK.beginsAnew) !== 0;
    }
    if (syncSamples !== undefined) this.isSync = this.#isSyncSample(syncSamples, sample);
  }

  #isSyncSample(syncSamples: Uint32Array, sample: number): boolean {
    // After a jump the list is behind by many.
    if (this.#sync < syncSamples.length && syncSamples[this.#sync]! + 1024 < sample) {
      let high = syncSamples.length;
      while (this.#sync < high) {
        const middle = (this.#sync + high) >> 1;
        if (syncSamples[middle]! < sample) this.#sync = middle + 1;
        else high = middle;
      }
    }
    while (this.#sync < syncSamples.length && syncSamples[this.#sync]! < sample) this.#sync++;
    return syncSamples[this.#sync] === sample;
  }
}
