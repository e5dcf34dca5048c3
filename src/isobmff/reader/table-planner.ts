import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import { emptyPlan, planSample, type Plan, type SamplePlanner } from './planned-samples.js';
import { SampleCursor } from './sample-cursor.js';
import type { SampleTable } from './sample-table.js';

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

/** The first sample at whose chunk, or behind it, all samples stored at or after an offset are. */
export function sampleAtOffset(table: SampleTable, offset: number): number {
  const { chunkOffsets, chunkFirstSamples } = table;
  // Chunks can stand in any order; those that do not rise are all looked through.
  for (let chunk = 1; chunk < chunkOffsets.length; chunk++) {
    if (chunkOffsets[chunk]! < chunkOffsets[chunk - 1]!) return 0;
  }
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
      if (cursor.offset >= this.#startOffset) planSample(plan, lane.track, cursor, isLastOf(lane, cursor));
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

/** Sound that is stored by the sample has nothing added to it. */
function isLastOf({ table, track }: Lane, { sample }: SampleCursor): boolean {
  return sample === table.count - 1 && table.grouping === undefined && track.defaults === undefined;
}

function storedAt({ cursor }: Walk): number {
  return cursor.offset;
}

function decodedAt({ cursor, lane: { track } }: Walk): number {
  return (cursor.decodeTime + track.timeline.shift) / track.track.timescale;
}
