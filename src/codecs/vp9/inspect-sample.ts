import type { VideoSampleTraits } from '../configuration.js';

/**
 * Reads the traits of one VP9 sample, a frame or a superframe. Only the first frame is looked at: in a superframe it
 * is the hidden one, and all others refer to it. A sample whose only frame is hidden counts as a picture, because later
 * frames refer to that frame: without it they could not be decoded.
 * @see VP9 Bitstream Specification, section 6.2 and annex B
 */
export function inspectVp9Sample(sample: Uint8Array): VideoSampleTraits {
  const first = sample[0] ?? 0;
  const hasPicture = first >> 6 === 2;
  // Profile 3 has one reserved bit more before show_existing_frame, frame_type, show_frame, error_resilient_mode.
  const shift = (first & 0x30) === 0x30 ? 0 : 1;
  const isShowExisting = ((first >> (2 + shift)) & 1) === 1;
  const isInter = ((first >> (1 + shift)) & 1) === 1;
  const isKey = hasPicture && !isShowExisting && !isInter;
  return {
    hasPicture,
    randomAccess: isKey ? 'start' : 'none',
    leading: 'none',
    isDisposable: false,
    hasParameterSets: false,
  };
}
