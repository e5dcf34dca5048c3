import type { VideoSampleTraits } from '../codecs/configuration.js';

// Bit fields of the sample flags, ISO/IEC 14496-12 - 8.8.3.1:
// reserved(4) is_leading(2) sample_depends_on(2) sample_is_depended_on(2) sample_has_redundancy(2)
// sample_padding_value(3) sample_is_non_sync_sample(1) sample_degradation_priority(16)
const LEADING_NOT_DECODABLE = 1 << 26;
const LEADING_DECODABLE = 3 << 26;
const DEPENDS_ON_OTHERS = 1 << 24;
const DEPENDS_ON_NOTHING = 2 << 24;
const OTHERS_MAY_DEPEND_ON_IT = 1 << 22;
const DISPOSABLE = 2 << 22;
const NON_SYNC = 1 << 16;

/** Sample flags of every audio sample: a sync sample that depends on no other. */
export const AUDIO_SAMPLE_FLAGS = DEPENDS_ON_NOTHING;

/**
 * Translates what a video sample's bytes say of it into the flags that players read.
 *
 * What is not known stays "unknown" (0): a recovery point may be an I picture or the start of a gradual refresh, so it
 * says nothing about its dependence; and NAL headers cannot prove that a picture is not a leading one.
 * @see ISO/IEC 14496-12 - 8.6.4.3 (semantics) and 8.8.3.1 (layout)
 */
export function videoSampleFlags(traits: VideoSampleTraits): number {
  let flags = traits.isDisposable ? DISPOSABLE : OTHERS_MAY_DEPEND_ON_IT;
  switch (traits.randomAccess) {
    case 'start':
      flags |= DEPENDS_ON_NOTHING;
      break;
    case 'recovery':
      flags |= NON_SYNC;
      break;
    case 'none':
      flags |= NON_SYNC | DEPENDS_ON_OTHERS;
      break;
  }
  switch (traits.leading) {
    case 'skipped':
      flags |= LEADING_NOT_DECODABLE;
      break;
    case 'decodable':
      flags |= LEADING_DECODABLE;
      break;
    case 'none':
      break;
  }
  return flags;
}
