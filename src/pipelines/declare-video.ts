import type { VideoConfiguration } from '../codecs/configuration.js';
import { codedPixelAspectRatio } from '../codecs/pixel-aspect-ratio.js';
import type { MuxVideoTrack } from '../isobmff/mux-track.js';
import type { VideoTrack } from '../media/track.js';

/**
 * Declares a copied video track for an init segment.
 * @param track - the source's track.
 * @param configuration - what its bitstream says.
 * @param trackId - track_ID in the output.
 * @param timescale - ticks a second in the output.
 */
export function declareVideo(
  track: VideoTrack,
  configuration: VideoConfiguration,
  trackId: number,
  timescale: number,
): MuxVideoTrack {
  return {
    type: 'video',
    trackId,
    timescale,
    language: track.language,
    name: track.name,
    isDefault: true,
    configuration,
    rotation: track.rotation,
    isMirrored: track.isMirrored,
    pixelAspectRatio: statedPixelAspectRatio(track),
    color: track.color,
    masteringDisplay: track.masteringDisplay,
    contentLight: track.contentLight,
    dolbyVision: track.dolbyVision,
  };
}

/**
 * The shape of a pixel where the container states one, or the parameter sets in its private data. A square one may also be
 * what nobody stated: the first picture may know better.
 * @param track - the source's track.
 */
export function statedPixelAspectRatio(track: VideoTrack): readonly [number, number] | undefined {
  const [horizontal, vertical] = track.pixelAspectRatio;
  const isStated = horizontal !== vertical || codedPixelAspectRatio(track) !== undefined;
  return isStated ? track.pixelAspectRatio : undefined;
}
