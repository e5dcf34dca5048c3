import { checkLimit } from '../../bytes/limits.js';
import { findStartCode, startsWithStartCode, viewAnnexBNalUnits } from './annex-b.js';
import {
  maxNalUnits,
  nalLengthAt,
  viewLengthPrefixedNalUnits,
  type NalLengthSize,
} from './length-prefixed.js';

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

/**
 * Views the NAL units of one sample up to its first slice, of which the beginning is enough: the sample may be cut off
 * anywhere behind that.
 * @param sample - as the container stores it.
 * @param lengthSize - bytes of the NAL unit lengths; undefined for Annex B.
 * @param isSlice - tells by a unit's beginning whether it is a slice.
 * @returns the units before the first slice, and that slice with all that follows; undefined when there is none.
 * @throws {LimitExceededError} above {@link maxNalUnits}.
 */
export function viewFirstSlice(
  sample: Uint8Array,
  lengthSize: NalLengthSize | undefined,
  isSlice: (nal: Uint8Array) => boolean,
): { readonly before: readonly Uint8Array[]; readonly slice: Uint8Array | undefined } {
  const before: Uint8Array[] = [];
  const widthOfCode = lengthSize ?? 3;
  for (let at = lengthSize === undefined ? findStartCode(sample, 0) : 0; at >= 0;) {
    const start = at + widthOfCode;
    if (start >= sample.length) break;
    const rest = sample.subarray(start);
    if (isSlice(rest)) return { before, slice: rest };
    at =
      lengthSize === undefined ? findStartCode(sample, start) : start + nalLengthAt(sample, at, lengthSize);
    before.push(sample.subarray(start, at < 0 ? sample.length : at));
    checkLimit('number of NAL units in a sample', before.length, maxNalUnits);
  }
  return { before, slice: undefined };
}
