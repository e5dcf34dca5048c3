import type { VideoSampleTraits } from '../configuration.js';
import { obuType, readObu } from './obu.js';

/**
 * Reads the traits of one temporal unit; stops at its first frame header.
 *
 * A shown key frame beside a sequence header is a start. A key frame alone is a `recovery`: browsers' decoders are not
 * given the header of `av1C`. A frame that only shows what was decoded before is a picture, but no start: what it
 * shows may be a key frame that lies in an earlier sample.
 * @param sample - OBUs with or without a leading temporal delimiter.
 * @see AV1 specification, sections 5.9.2 and 7.6
 */
export function inspectAv1Sample(sample: Uint8Array): VideoSampleTraits {
  let hasSequenceHeader = false;
  let isReduced = false;
  for (let obu = readObu(sample, 0); obu !== undefined; obu = readObu(sample, obu.end)) {
    if (obu.type === obuType.sequenceHeader) {
      hasSequenceHeader = true;
      // seq_profile is 3 bits, still_picture 1, then reduced_still_picture_header.
      isReduced = (sample[obu.payloadStart]! & 0x08) !== 0;
    } else if (obu.type === obuType.frame || obu.type === obuType.frameHeader) {
      const isKey = isReduced || isShownKeyFrame(sample[obu.payloadStart] ?? 0xff);
      return traits(true, isKey, hasSequenceHeader);
    }
  }
  return traits(false, false, hasSequenceHeader);
}

/** show_existing_frame, two bits of frame_type (0 is KEY_FRAME), show_frame. */
function isShownKeyFrame(firstByte: number): boolean {
  return firstByte >> 4 === 0b0001;
}

function traits(hasPicture: boolean, isKey: boolean, hasSequenceHeader: boolean): VideoSampleTraits {
  return {
    hasPicture,
    randomAccess: !isKey ? 'none' : hasSequenceHeader ? 'start' : 'recovery',
    leading: 'none',
    isDisposable: false,
    hasParameterSets: hasSequenceHeader,
  };
}
