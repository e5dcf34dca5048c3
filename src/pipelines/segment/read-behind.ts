import type { SegmentContext } from './segment-track.js';

/** What is read of a keyframe at once where a read is a request: more than most have. */
const REQUESTED_BYTES = 256 << 10;
/** What is read of it where more is had for nothing: as much as small ones have. */
const LOCAL_BYTES = 16 << 10;
/**
 * Seconds behind a keyframe within which the audio of the time before it has come, as muxers interleave: as a rule, and with
 * certainty. The latter is read where it is little.
 */
const AUDIO_SECONDS = 0.4;
const MOST_AUDIO_SECONDS = 1;
const LITTLE_BYTES = 64 << 10;
/** The most that is read for that audio. */
const MOST_AUDIO_BYTES = 2 << 20;

/**
 * Tells how far video is read at once that ends with a keyframe: to know when that begins, its bytes are needed too. Where
 * the audio that is met is kept, the last of the segment's is read along.
 * @param context - the source and its index.
 * @param keyframe - its number in the index; of one that does not exist there is nothing to tell.
 * @returns the first byte that is probably not needed.
 */
export function endBehindKeyframe(context: SegmentContext, keyframe: number): number | undefined {
  const { index, isLocal, passedAudio } = context;
  const at = index?.keyframes[keyframe];
  if (at === undefined) return undefined;
  const end = at.offset + (isLocal === true ? LOCAL_BYTES : REQUESTED_BYTES);
  const next = index?.keyframes[keyframe + 1];
  if (passedAudio === undefined || next === undefined) return end;
  const bytesPerSecond = (next.offset - at.offset) / ((next.timeNs - at.timeNs) / 1e9);
  const likely = Math.min(bytesPerSecond * AUDIO_SECONDS, MOST_AUDIO_BYTES);
  const certain = Math.min(bytesPerSecond * MOST_AUDIO_SECONDS, LITTLE_BYTES);
  return end + Math.round(Math.max(0, likely, certain));
}
