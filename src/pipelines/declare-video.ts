import type { VideoConfiguration } from '../codecs/configuration.js';
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
    // 1:1 is also what a container says that was never told; the bitstream may know better.
    pixelAspectRatio: isSquare(track.pixelAspectRatio) ? undefined : track.pixelAspectRatio,
    color: track.color,
    masteringDisplay: track.masteringDisplay,
    contentLight: track.contentLight,
    dolbyVision: track.dolbyVision,
  };
}

function isSquare([horizontal, vertical]: readonly [number, number]): boolean {
  return horizontal === vertical;
}
