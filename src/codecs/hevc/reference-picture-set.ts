import type { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';

/**
 * Moves over the short-term reference picture sets of an SPS. Only their sizes are kept: a set that is predicted from
 * the one before has as many flags as that one has pictures.
 * @param count - num_short_term_ref_pic_sets, at most 64.
 * @throws {MalformedMediaError} when a set holds more pictures than a decoder can.
 * @see ITU-T H.265, section 7.3.7
 */
export function skipShortTermReferencePictureSets(reader: BitReader, count: number): void {
  let pictures = 0;
  for (let set = 0; set < count; set++) {
    const isPredicted = set > 0 && reader.flag();
    pictures = isPredicted ? skipPredicted(reader, pictures) : skipExplicit(reader);
    if (pictures > 16) {
      throw new MalformedMediaError(
        `HEVC SPS has a reference picture set of ${pictures} pictures; at most 16 fit.`,
        {
          context: { spec: 'ITU-T H.265, section 7.4.8' },
        },
      );
    }
  }
}

function skipPredicted(reader: BitReader, previous: number): number {
  reader.skip(1); // delta_rps_sign
  reader.ue(); // abs_delta_rps_minus1
  let pictures = 0;
  for (let i = 0; i <= previous; i++) {
    const isUsed = reader.flag();
    if (isUsed || reader.flag()) pictures++;
  }
  return pictures;
}

function skipExplicit(reader: BitReader): number {
  const negative = reader.ue();
  const positive = reader.ue();
  const pictures = negative + positive;
  for (let i = 0; i < Math.min(pictures, 17); i++) {
    reader.ue(); // delta_poc_minus1
    reader.skip(1); // used_by_curr_pic_flag
  }
  return pictures;
}
