import { MalformedMediaError } from '../../errors.js';
import type { DamageLog } from '../../media/damage-log.js';
import { parseFragment, type FragmentRun } from './fragment.js';
import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import {
  emptyPlan,
  planSample,
  type Plan,
  type SamplePlanner,
  type StatedSample,
} from './planned-samples.js';
import type { SourceReader } from './source-reader.js';
import { readTopLevelBox, readWholeBox, type TopLevelBox } from './top-level.js';

/** What a {@link FragmentPlanner} works on. */
export interface FragmentPlannerOptions {
  /** Reads the source; the samples are read by it too. */
  readonly reader: SourceReader;
  /** Size of the source, when it is known. */
  readonly size: number | undefined;
  /** Whether the reader can look ahead and go back. */
  readonly isSeekable: boolean;
  /** All tracks by track_ID. */
  readonly tracks: ReadonlyMap<number, MovieTrack>;
  /** Those that are wanted. */
  readonly wanted: ReadonlySet<number>;
  /** Offset of a box at the top level. */
  readonly start: number;
  /** Samples stored before this are left out. */
  readonly startOffset: number;
  /** Where each track's samples go on, by track_ID, for fragments that do not say. */
  readonly decodeTimes: ReadonlyMap<number, number>;
  /** Told what is passed over. */
  readonly damage: DamageLog;
}

/** A fragment with more than this behind it is not taken for the last one. */
const MAX_TAIL_BYTES = 64 << 10;

/** A sample of a fragment. */
interface FragmentSample extends StatedSample {
  readonly track: MovieTrack;
  /** Its track has none behind it. */
  readonly isLast: boolean;
}

/** Plans the samples of fragments, one fragment after another, with no more than one in memory. */
export class FragmentPlanner implements SamplePlanner {
  readonly #options: FragmentPlannerOptions;
  readonly #decodeTimes: Map<number, number>;
  #position: number;
  #samples: Iterator<FragmentSample> | undefined;
  #held: FragmentSample | undefined;

  /** @param options - what it works on. */
  constructor(options: FragmentPlannerOptions) {
    this.#options = options;
    this.#position = options.start;
    this.#decodeTimes = new Map(options.decodeTimes);
  }

  async next(maxBytes: number): Promise<Plan | undefined> {
    while (this.#held === undefined && !this.#advance()) {
      if (!(await this.#enterFragment())) return undefined;
    }
    const plan = emptyPlan();
    do {
      const sample = this.#held!;
      const isEnough = plan.samples.length >= LIMITS.batchSamples || plan.bytes + sample.size > maxBytes;
      if (isEnough && plan.samples.length > 0) return plan;
      planSample(plan, sample.track, sample, sample.isLast);
    } while (this.#advance());
    return plan;
  }

  /** Takes the next sample of the fragment; false when it has no more. */
  #advance(): boolean {
    const result = this.#samples?.next();
    this.#held = result === undefined || result.done === true ? undefined : result.value;
    if (this.#held === undefined) this.#samples = undefined;
    return this.#held !== undefined;
  }

  /** Goes on to the next fragment; false when there is none. */
  async #enterFragment(): Promise<boolean> {
    const { reader, damage, size } = this.#options;
    while (this.#position !== Infinity) {
      const box = await readTopLevelBox(reader, this.#position);
      if (box === 'end') return false;
      if (box === 'unreadable') {
        const length = size === undefined ? 0 : size - this.#position;
        damage.add('unreadable', this.#position, length, 'There is no box where one must be.');
        return false;
      }
      this.#position = box.end;
      if (box.type === 'moof') return await this.#parse(box);
    }
    return false;
  }

  async #parse(box: TopLevelBox): Promise<boolean> {
    const { reader, damage, size, tracks } = this.#options;
    const moof = await readWholeBox(reader, box, LIMITS.moofBytes, size);
    if (moof === undefined) {
      damage.add('truncated', box.offset, 0, 'The source ends within a moof box.');
      return false;
    }
    try {
      const runs = parseFragment(moof, tracks, this.#decodeTimes);
      await this.#passMedia(runs[0]?.dataOffset ?? 0);
      this.#samples = this.#read(runs, await this.#isLastFragment());
    } catch (error) {
      if (!(error instanceof MalformedMediaError)) throw error;
      damage.add('dropped', box.offset, box.end - box.offset, error.message);
    }
    return true;
  }

  /**
   * Moves behind the box that holds the first sample, while its header can be read: in a stream it cannot once the samples
   * have been.
   */
  async #passMedia(firstSample: number): Promise<void> {
    while (this.#position <= firstSample) {
      const box = await readTopLevelBox(this.#options.reader, this.#position);
      if (typeof box === 'string' || box.type === 'moof') return;
      this.#position = box.end;
    }
  }

  /** Whether nothing follows but the table of random access points, with which many files end. */
  async #isLastFragment(): Promise<boolean> {
    const { reader, size, isSeekable } = this.#options;
    if (size === undefined || this.#position >= size) return size !== undefined;
    if (!isSeekable || size - this.#position > MAX_TAIL_BYTES) return false;
    const box = await readTopLevelBox(reader, this.#position);
    return typeof box !== 'string' && box.type === 'mfra';
  }

  *#read(runs: readonly FragmentRun[], isLastFragment: boolean): Generator<FragmentSample, void, undefined> {
    const { wanted, startOffset } = this.#options;
    for (const { track, samples } of runs) {
      if (!wanted.has(track.track.id)) continue;
      const end = isLastFragment ? this.#decodeTimes.get(track.track.id) : undefined;
      for (const sample of samples) {
        const isLast = sample.decodeTime + sample.duration === end;
        if (sample.offset >= startOffset) yield { ...sample, track, isLast };
      }
    }
  }
}
