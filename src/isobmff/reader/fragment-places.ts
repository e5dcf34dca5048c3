import type { Source } from '../../media/source.js';
import { indexFragments, type FragmentIndex } from './fragment-index.js';
import type { MovieTrack } from './movie-track.js';
import { fragmentAt, type SeekTarget } from './seek.js';
import { SourceReader } from './source-reader.js';
import { isTopLevelType, readTopLevelBox } from './top-level.js';

/** Tells where reading the fragments of a file can begin, and when; reads their index when that takes one. */
export class FragmentPlaces {
  readonly #source: Source;
  readonly #tracks: ReadonlyMap<number, MovieTrack>;
  readonly #first: number;
  readonly #isStream: boolean;
  #index: FragmentIndex | undefined;

  /**
   * @param source - what the file is read from.
   * @param tracks - of the movie, by their ids.
   * @param first - offset behind the movie box, where fragments begin.
   * @param isStream - the source can be read once only: there is no index.
   */
  constructor(source: Source, tracks: ReadonlyMap<number, MovieTrack>, first: number, isStream: boolean) {
    this.#source = source;
    this.#tracks = tracks;
    this.#first = first;
    this.#isStream = isStream;
  }

  /**
   * Reads the index of the fragments, or the head of each where there is none; once.
   * @throws {MalformedMediaError | LimitExceededError | SourceError} when it cannot be read.
   */
  async readIndex(signal: AbortSignal | undefined): Promise<FragmentIndex | undefined> {
    if (this.#isStream) return undefined;
    if (this.#index !== undefined) return this.#index;
    const reader = new SourceReader(this.#source, { mode: 'ranges' });
    const unfollow = reader.follow(signal);
    try {
      this.#index = await indexFragments({
        reader,
        size: this.#source.size,
        tracks: this.#tracks,
        start: this.#first,
        decodeTimes: this.#tableEnds(),
      });
      return this.#index;
    } finally {
      unfollow();
      await reader.close();
    }
  }

  /** Offset of the box at the top level with which to begin reading fragments. */
  async startOf(
    { startNs, startOffset }: SeekTarget,
    seekTrack: MovieTrack | undefined,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    if (startOffset !== undefined) return await this.#boxAtOrBefore(startOffset, signal);
    if (startNs === undefined || startNs <= 0 || seekTrack === undefined) return this.#first;
    const index = await this.readIndex(signal);
    return fragmentAt(index, this.#tracks, seekTrack, startNs) ?? this.#first;
  }

  /** For fragments that do not state their times: what the index knows of where reading begins. */
  decodeTimesAt(start: number): ReadonlyMap<number, number> {
    const times = this.#tableEnds();
    if (start === this.#first) return times;
    for (const [id, points] of this.#index?.points ?? []) {
      const point = points.find(({ offset }) => offset >= start);
      if (point !== undefined) times.set(id, point.time);
    }
    return times;
  }

  /** An index gives offsets of boxes; for any other, reading begins at the first fragment. */
  async #boxAtOrBefore(offset: number, signal: AbortSignal | undefined): Promise<number> {
    if (offset <= this.#first || this.#isStream) return this.#first;
    const reader = new SourceReader(this.#source, { mode: 'ranges' });
    const unfollow = reader.follow(signal);
    try {
      const box = await readTopLevelBox(reader, offset);
      return typeof box !== 'string' && isTopLevelType(box.type) ? offset : this.#first;
    } finally {
      unfollow();
      await reader.close();
    }
  }

  #tableEnds(): Map<number, number> {
    const ends = new Map<number, number>();
    for (const [id, { table }] of this.#tracks) {
      if (table !== undefined) ends.set(id, table.times.firstTimes.at(-1)!);
    }
    return ends;
  }
}
