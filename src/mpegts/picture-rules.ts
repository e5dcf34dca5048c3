import { avcNalType } from '../codecs/h264/nal-type.js';
import { hevcNalType } from '../codecs/hevc/nal-type.js';

/** What a NAL unit is for the pictures around it. */
export type UnitRole =
  /** It can stand only before the first slice of a picture. */
  | 'before'
  /** The first slice of a picture. */
  | 'first'
  /** A further slice, or what may stand behind slices. */
  | 'other';

/**
 * Tells by its beginning what a NAL unit is. Keeps what it must know of the units before.
 * @param bytes - the unit stands in them; a few bytes of it are there, or all that there are.
 * @param at - position of its header.
 */
export type JudgeUnit = (bytes: Uint8Array, at: number) => UnitRole;

/** Bytes of a NAL unit that are enough to judge it. */
export const judgedBytes = 6;

/** access_unit_delimiter of H.264. */
const avcDelimiter = 9;

/**
 * Makes the judge of H.264.
 * @see ITU-T H.264, section 7.4.1.2.3 (order of NAL units and of access units)
 */
export function createAvcJudge(): JudgeUnit {
  let lastMacroblock = -1;
  return (bytes, at) => {
    const type = bytes[at]! & 0x1f;
    switch (type) {
      case avcNalType.slice:
      case avcNalType.dataPartitionA:
      case avcNalType.idrSlice: {
        // A slice that does not go on behind the last one begins another picture, also where its first one is lost.
        const macroblock = readUnsignedGolomb(bytes, at + 1);
        const isFirst = macroblock <= lastMacroblock || lastMacroblock < 0;
        lastMacroblock = macroblock;
        return isFirst ? 'first' : 'other';
      }
      case avcNalType.sei:
      case avcNalType.sequenceParameterSet:
      case avcNalType.pictureParameterSet:
      case avcDelimiter:
        lastMacroblock = -1;
        return 'before';
      default:
        return 'other';
    }
  };
}

/**
 * Makes the judge of HEVC.
 * @see ITU-T H.265, section 7.4.2.4.4 (order of NAL units and of access units)
 */
export function createHevcJudge(): JudgeUnit {
  return (bytes, at) => {
    const isBaseLayer = (bytes[at]! & 1) === 0 && bytes[at + 1]! >> 3 === 0;
    if (!isBaseLayer) return 'other';
    const type = (bytes[at]! >> 1) & 0x3f;
    if (type <= hevcNalType.lastVcl) return bytes[at + 2]! >> 7 === 1 ? 'first' : 'other';
    // Parameter sets, the delimiter, and what is reserved for things of the kind.
    const isBefore =
      type <= 35 ||
      type === hevcNalType.prefixSei ||
      (type >= 41 && type <= 44) ||
      (type >= 48 && type <= 55);
    return isBefore ? 'before' : 'other';
  };
}

/** ue(v) at the beginning of a byte, of 32 bits at most. */
function readUnsignedGolomb(bytes: Uint8Array, at: number): number {
  let zeros = 0;
  let position = at * 8;
  const bit = (): number => ((bytes[position >> 3] ?? 0xff) >> (7 - (position++ & 7))) & 1;
  while (zeros < 31 && bit() === 0) zeros++;
  let value = 1;
  for (let i = 0; i < zeros; i++) value = value * 2 + bit();
  return value - 1;
}
