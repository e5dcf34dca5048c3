import type { VideoSampleTraits } from '../codecs/configuration.js';
import { withoutRecoveryPoints } from '../codecs/h264/remove-recovery-point.js';
import { createVideoConverter } from '../codecs/video.js';
import type { VideoTrack } from '../media/track.js';

/** Brings a picture into the form in which it is sent. */
export type ConvertPicture = (data: Uint8Array, traits: VideoSampleTraits) => Uint8Array;

/**
 * Makes the conversion of a track's pictures: into MP4's form, and for H.264 without what would tell Chromium to begin
 * where it cannot. Nearly every picture is sent as it is.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when the private data break the codec's
 * rules.
 * @see docs/decisions/0003-recovery-points.md
 */
export function createPictureConverter(track: VideoTrack): ConvertPicture {
  const convert = createVideoConverter(track);
  if (track.codec !== 'h264') return (data) => convert?.(data) ?? data;
  return (data, traits) => {
    const converted = convert?.(data) ?? data;
    return traits.randomAccess === 'start' ? converted : withoutRecoveryPoints(converted);
  };
}
