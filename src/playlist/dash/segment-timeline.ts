import { LimitExceededError } from '../../errors.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import type { XmlElement } from './xml.js';

/**
 * The most runs that one manifest may list. Two hours have some 1200 for each rendition, and a week of them 100,000; but a
 * file may hold many tracks, and all of them are in one document.
 */
const MAX_RUNS = 400_000;

/** Segments of one length that follow one another. */
export interface SegmentRun {
  /** Ticks of each. */
  readonly duration: number;
  /** How many there are. */
  readonly count: number;
}

/** Gathers the segments of a rendition into runs. */
export function gatherRuns({ starts, end }: SegmentTimes): SegmentRun[] {
  const runs: { duration: number; count: number }[] = [];
  starts.forEach((start, n) => {
    const duration = (starts[n + 1] ?? end) - start;
    const last = runs.at(-1);
    if (last?.duration === duration) last.count++;
    else runs.push({ duration, count: 1 });
  });
  return runs;
}

/**
 * Refuses more segments than a document should list.
 * @throws {LimitExceededError} when there are.
 */
export function checkRuns(all: readonly (readonly SegmentRun[])[]): void {
  const count = all.reduce((sum, runs) => sum + runs.length, 0);
  if (count <= MAX_RUNS) return;
  throw new LimitExceededError(
    `The manifest would list ${count} segment lengths, and at most ${MAX_RUNS} are written. HLS has a playlist for each rendition.`,
  );
}

/**
 * Builds the timeline: where the first segment begins, and then lengths alone, as each begins where the one before ends.
 * @param start - of the first segment, in ticks.
 * @param runs - from there.
 * @see ISO/IEC 23009-1, section 5.3.9.6
 */
export function buildSegmentTimeline(start: number, runs: readonly SegmentRun[]): XmlElement {
  const content = runs.map(({ duration, count }, i): XmlElement => {
    return {
      name: 'S',
      attributes: {
        t: i === 0 ? start : undefined,
        d: duration,
        r: count === 1 ? undefined : count - 1,
      },
    };
  });
  return { name: 'SegmentTimeline', attributes: {}, content };
}
