import type { Keyframe } from './media-index.js';

/**
 * Tells where the samples of a time probably stand, by the keyframes around it.
 * @param keyframes - in order of time.
 * @param timeNs - in nanoseconds on the source's own timeline.
 * @returns a byte offset; undefined before the first keyframe, and from the last one on.
 */
export function likelyOffsetAt(keyframes: readonly Keyframe[], timeNs: number): number | undefined {
  const behind = keyframes.findIndex((keyframe) => keyframe.timeNs > timeNs);
  if (behind < 1) return undefined;
  const from = keyframes[behind - 1]!;
  const to = keyframes[behind]!;
  const share = (timeNs - from.timeNs) / (to.timeNs - from.timeNs);
  return Math.round(from.offset + share * Math.max(0, to.offset - from.offset));
}
