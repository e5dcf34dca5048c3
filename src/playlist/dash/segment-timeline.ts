import { LimitExceededError } from '../../errors.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import type { XmlElement } from './xml.js';

/**
 * The most runs that one manifest may list. Two hours have some 1200 for each rendition, and a week of them 100,000; but a
 * file may hold many tracks, and all of them are in one document.
 */
const MAX_RUNS = 400_000;

/** Segments of one length that follow one another. */
interface SegmentRun {
  /** Ticks of each. */
  readonly duration: number;
  /** How many there are. */
  readonly count: number;
}

/**
 * Refuses more than a document should list.
 * @param all - the times of all representations.
 * @throws {LimitExceededError} when there are too many runs of segments that last the same.
 */
export function checkRuns(all: readonly SegmentTimes[]): void {
  const count = all.reduce((sum, times) => sum + gatherRuns(times).length, 0);
  if (count <= MAX_RUNS) return;
  throw new LimitExceededError(
    `The manifest would list ${count} segment lengths, and at most ${MAX_RUNS} are written. HLS has a playlist for each rendition.`,
  );
}

/**
 * Builds the timeline: where the first segment begins, and then lengths alone, as each begins where the one before ends.
 *
 * The first one begins at zero also when its first sample comes later. Behind a later `t` dash.js sees a hole in the manifest, and
 * who seeks into that waits for ever; a hole in a buffer every player jumps over.
 * @param times - when the segments begin and end.
 * @see ISO/IEC 23009-1, section 5.3.9.6
 */
export function buildSegmentTimeline(times: SegmentTimes): XmlElement {
  const content = gatherRuns(times).map(({ duration, count }, i): XmlElement => {
    const t = i === 0 ? times.starts[0] : undefined;
    return { name: 'S', attributes: { t, d: duration, r: count === 1 ? undefined : count - 1 } };
  });
  return { name: 'SegmentTimeline', attributes: {}, content };
}

function gatherRuns({ starts, end }: SegmentTimes): SegmentRun[] {
  const runs: { duration: number; count: number }[] = [];
  starts.forEach((start, n) => {
    const duration = (starts[n + 1] ?? end) - start;
    const last = runs.at(-1);
    if (last?.duration === duration) last.count++;
    else runs.push({ duration, count: 1 });
  });
  return runs;
}
