import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import { emptyPlan, planSample, type Plan, type SamplePlanner } from './planned-samples.js';
import { SampleCursor } from './sample-cursor.js';
import { chunkOf, type SampleTable } from './sample-table.js';

/** A track whose samples are in tables, and where to begin. */
export interface Lane {
  /** The track. */
  readonly track: MovieTrack;
  /** Its tables. */
  readonly table: SampleTable;
  /** The sample to begin with. */
  readonly start: number;
}

interface Walk {
  readonly lane: Lane;
  readonly cursor: SampleCursor;
}

/** Seconds by which one track's samples may be stored before those of another for the file to be read from end to end. */
const MAX_LAG_SECONDS = 4;

/**
 * Whether the samples of tracks are stored so far apart that who reads the file from end to end would have to keep much
 * of one track until the other arrives. Subtitles, which are small, may stand anywhere.
 */
export function isBadlyInterleaved(lanes: readonly Lane[]): boolean {
  const walks = lanes.filter(({ track }) => track.track.type !== 'subtitle').map(chunkTimes);
  for (;;) {
    let chosen: ChunkTimes | undefined;
    for (const walk of walks) {
      if (walk.next >= walk.offsets.length) continue;
      if (chosen === undefined || walk.offsets[walk.next]! < chosen.offsets[chosen.next]!) chosen = walk;
    }
    if (chosen === undefined) return false;
    const reached = chosen.lasts[chosen.next++]!;
    for (const walk of walks) {
      if (walk === chosen || walk.next >= walk.offsets.length) continue;
      if (reached - walk.firsts[walk.next]! > MAX_LAG_SECONDS) return true;
    }
  }
}

interface ChunkTimes {
  readonly offsets: Float64Array;
  /** When the first and the last sample of each chunk are decoded, in seconds on the movie's timeline. */
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
  next: number;
}

function chunkTimes({ track: { track, timeline }, table, start }: Lane): ChunkTimes {
  const { chunkOffsets: offsets, chunkFirstSamples, times } = table;
  const { firstSamples, firstTimes, deltas } = times;
  const firsts = new Float64Array(offsets.length);
  const lasts = new Float64Array(offsets.length);
  let run = 0;
  const secondsAt = (sample: number): number => {
    while (run + 1 < deltas.length && firstSamples[run + 1]! <= sample) run++;
    const time = firstTimes[run]! + (sample - firstSamples[run]!) * (deltas[run] ?? 0);
    return (time + timeline.shift) / track.timescale;
  };
  for (let chunk = 0; chunk < offsets.length; chunk++) {
    firsts[chunk] = secondsAt(chunkFirstSamples[chunk]!);
    lasts[chunk] = secondsAt(Math.max(chunkFirstSamples[chunk]!, chunkFirstSamples[chunk + 1]! - 1));
  }
  return { offsets, firsts, lasts, next: chunkOf(table, start) };
}

/** The first sample at whose chunk, or behind it, all samples stored at or after an offset are. */
export function sampleAtOffset(table: SampleTable, offset: number): number {
  const { chunkOffsets, chunkFirstSamples } = table;
  // Chunks can stand in any order; those that do not rise are all looked through.
  if (chunkOffsets.some((at, chunk) => chunk > 0 && at < chunkOffsets[chunk - 1]!)) return 0;
  let low = 0;
  let high = chunkOffsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chunkOffsets[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return chunkFirstSamples[Math.max(0, low - 1)]!;
}

/** Plans the samples of tables in the order in which they are stored, or in the order of their decode times. */
export class TablePlanner implements SamplePlanner {
  readonly #walks: Walk[];
  readonly #startOffset: number;
  readonly #endOffset: number;
  readonly #order: (walk: Walk) => number;

  /**
   * @param lanes - the tracks.
   * @param options - `startOffset` leaves out samples stored before it; no plan goes on behind `endOffset` that began
   * before it; `order` says which sample comes first.
   */
  constructor(
    lanes: readonly Lane[],
    options: {
      readonly startOffset?: number | undefined;
      readonly endOffset?: number | undefined;
      readonly order: 'offset' | 'time';
    },
  ) {
    this.#walks = lanes.map((lane) => ({
      lane,
      cursor: new SampleCursor(lane.table, lane.start, lane.track.range.end),
    }));
    this.#startOffset = options.startOffset ?? 0;
    this.#endOffset = options.endOffset ?? Infinity;
    this.#order = options.order === 'offset' ? storedAt : decodedAt;
  }

  next(maxBytes: number): Promise<Plan | undefined> {
    const plan = emptyPlan();
    let isDone = true;
    let passed = 0;
    for (let walk = this.#first(); walk !== undefined; walk = this.#first()) {
      const { cursor, lane } = walk;
      const isEnough =
        plan.samples.length >= LIMITS.batchSamples ||
        (plan.samples.length > 0 && plan.bytes + cursor.size > maxBytes) ||
        (plan.samples.length > 0 &&
          cursor.offset >= this.#endOffset &&
          plan.samples[0]!.offset < this.#endOffset);
      if (isEnough || passed > LIMITS.batchSamples) {
        isDone = false;
        break;
      }
      if (cursor.offset >= this.#startOffset) planSample(plan, lane.track, cursor);
      else passed++;
      cursor.advance();
    }
    return Promise.resolve(isDone && plan.samples.length === 0 ? undefined : plan);
  }

  #first(): Walk | undefined {
    let first: Walk | undefined;
    for (const walk of this.#walks) {
      if (walk.cursor.isAtEnd) continue;
      if (first === undefined || this.#order(walk) < this.#order(first)) first = walk;
    }
    return first;
  }
}

function storedAt({ cursor }: Walk): number {
  return cursor.offset;
}

function decodedAt({ cursor, lane: { track } }: Walk): number {
  return (cursor.decodeTime + track.timeline.shift) / track.track.timescale;
}
