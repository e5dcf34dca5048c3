import { startsWithStartCode, viewAnnexBNalUnits } from './annex-b.js';
import { viewLengthPrefixedNalUnits, type NalLengthSize } from './length-prefixed.js';

/**
 * Whether the samples of an H.264 or HEVC track are in Annex B form. They are when there is no configuration record
 * (which is what gives the length size), and when the private data is itself a byte stream.
 */
export function isAnnexBTrack(codecPrivate: Uint8Array | undefined): boolean {
  return codecPrivate === undefined || codecPrivate.length === 0 || startsWithStartCode(codecPrivate);
}

/**
 * Views the NAL units of one sample.
 * @param sample - as the container stores it; undefined gives none.
 * @param lengthSize - bytes of the NAL unit lengths; undefined for Annex B.
 * @throws {MalformedMediaError | LimitExceededError} when the sample's structure is broken.
 */
export function viewNalUnits(
  sample: Uint8Array | undefined,
  lengthSize: NalLengthSize | undefined,
): Uint8Array[] {
  if (sample === undefined) return [];
  return lengthSize === undefined
    ? viewAnnexBNalUnits(sample)
    : viewLengthPrefixedNalUnits(sample, lengthSize);
}
