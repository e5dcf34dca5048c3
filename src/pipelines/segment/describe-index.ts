import type { MediaIndex } from '../../media/media-index.js';
import type { IndexDescription } from './segmented-media.js';

const NS_PER_SECOND = 1e9;

/** Describes an index for people. */
export function describeIndex(index: MediaIndex): IndexDescription {
  const { origin, keyframes, faults } = index;
  return {
    origin,
    keyframes: keyframes.length,
    tested: keyframes.reduce((count, { isStartable }) => count + (isStartable === undefined ? 0 : 1), 0),
    largestGapSeconds: largestGapNs(index) / NS_PER_SECOND,
    faults,
  };
}

/** The last keyframe's distance to the end counts, too, where the end is known. */
function largestGapNs({ keyframes, trackId, trackEndsNs }: MediaIndex): number {
  const last = keyframes.at(-1)!.timeNs;
  const atEnd = Math.max(0, (trackEndsNs.get(trackId) ?? last) - last);
  return keyframes.reduce((largest, { timeNs }, n) => {
    const before = keyframes[n - 1];
    return before === undefined ? largest : Math.max(largest, timeNs - before.timeNs);
  }, atEnd);
}
