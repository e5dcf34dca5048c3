import { SegmintError } from '../errors.js';
import type { VideoTrack } from '../media/track.js';
import { configureVideo } from './video.js';

/**
 * Tells the shape of a pixel as a track's parameter sets state it, of those that stand in its private data.
 * @param track - whose own shape is not looked at.
 * @returns horizontal over vertical; undefined where they state none, where there are none, and of other codecs.
 * @see ITU-T H.264, section E.2.1; ITU-T H.265, section E.3.1
 */
export function codedPixelAspectRatio(track: VideoTrack): readonly [number, number] | undefined {
  if (track.codecPrivate === undefined || (track.codec !== 'h264' && track.codec !== 'hevc'))
    return undefined;
  try {
    return configureVideo(track, undefined).pixelAspectRatio;
  } catch (error) {
    // Private data that cannot be read are a matter of who copies or decodes the track.
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}
