import { chunkOf } from './sample-table.js';
import type { Lane } from './table-planner.js';

/** Seconds by which one track's samples may be stored before those of another for the file to be read from end to end. */
const MAX_LAG_SECONDS = 4;

/** Chunks after which looking may pause: some milliseconds of it. A film may have one for each sample. */
const CHUNKS_AT_A_TIME = 1 << 15;

/**
 * Whether the samples of tracks are stored so far apart that who reads the file from end to end would have to keep much
 * of one track until the other arrives. Subtitles, which are small, may stand anywhere. May be interrupted in long tables.
 */
export function* isBadlyInterleaved(lanes: readonly Lane[]): Generator<undefined, boolean> {
  const walks = lanes
    .filter(({ track }) => track.track.type !== 'subtitle')
    .map((lane) => new ChunkWalk(lane));
  for (let chunks = 1; ; chunks++) {
    let chosen: ChunkWalk | undefined;
    for (const walk of walks) {
      if (walk.isAtEnd) continue;
      if (chosen === undefined || walk.offset < chosen.offset) chosen = walk;
    }
    if (chosen === undefined) return false;
    const reached = chosen.advance();
    for (const walk of walks) {
      if (walk === chosen || walk.isAtEnd) continue;
      if (reached - walk.firstSeconds > MAX_LAG_SECONDS) return true;
    }
    if (chunks % CHUNKS_AT_A_TIME === 0) yield;
  }
}

/** Goes from chunk to chunk of a track. */
class ChunkWalk {
  /** Where the chunk is stored. */
  offset = Infinity;
  /** When the chunk's first sample is decoded, in seconds on the movie's timeline. */
  firstSeconds = 0;
  isAtEnd = false;
  readonly #lane: Lane;
  #chunk: number;
  /** Of the decode times. */
  #run = 0;

  constructor(lane: Lane) {
    this.#lane = lane;
    this.#chunk = chunkOf(lane.table, lane.start);
    this.#look();
  }

  /**
   * Goes to the next chunk.
   * @returns when the last sample of the one that it was at is decoded, in seconds on the movie's timeline.
   */
  advance(): number {
    const { chunkFirstSamples } = this.#lane.table;
    const last = chunkFirstSamples[this.#chunk + 1]! - 1;
    const seconds = this.#secondsAt(Math.max(chunkFirstSamples[this.#chunk]!, last));
    this.#chunk++;
    this.#look();
    return seconds;
  }

  #look(): void {
    const { chunkOffsets, chunkFirstSamples } = this.#lane.table;
    this.isAtEnd = this.#chunk >= chunkOffsets.length;
    if (this.isAtEnd) return;
    this.offset = chunkOffsets[this.#chunk]!;
    this.firstSeconds = this.#secondsAt(chunkFirstSamples[this.#chunk]!);
  }

  /** Samples are asked for in rising order. */
  #secondsAt(sample: number): number {
    const { track, timeline } = this.#lane.track;
    const { firstSamples, firstTimes, deltas } = this.#lane.table.times;
    while (this.#run + 1 < deltas.length && firstSamples[this.#run + 1]! <= sample) this.#run++;
    const run = this.#run;
    const time = firstTimes[run]! + (sample - firstSamples[run]!) * (deltas[run] ?? 0);
    return (time + timeline.shift) / track.timescale;
  }
}
