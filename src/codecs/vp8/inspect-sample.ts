import type { VideoSampleTraits } from '../configuration.js';
import { isVp8KeyFrame } from './frame-header.js';

/**
 * Reads the traits of one VP8 frame. A hidden frame counts as a picture: later ones refer to it.
 * @see RFC 6386, section 9.1
 */
export function inspectVp8Sample(sample: Uint8Array): VideoSampleTraits {
  return {
    hasPicture: sample.length >= 3,
    randomAccess: isVp8KeyFrame(sample) ? 'start' : 'none',
    leading: 'none',
    isDisposable: false,
    hasParameterSets: false,
  };
}
