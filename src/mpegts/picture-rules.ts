import { makeOneFrame } from '../codecs/h264/field-pairs.js';
import { avcNalType } from '../codecs/h264/nal-type.js';
import { KnownParameterSets } from '../codecs/h264/parameter-sets.js';
import { parseAvcSliceStart, sliceStartBytes, type AvcSliceStart } from '../codecs/h264/slice-header.js';
import { hevcNalType } from '../codecs/hevc/nal-type.js';
import { SegmintError } from '../errors.js';

/** What a NAL unit is for the pictures around it. */
export type UnitRole =
  /** It can stand only before the first slice of a picture. */
  | 'before'
  /** The same; and whoever judges must see all of it. */
  | 'parameters'
  /** The first slice of a picture. */
  | 'first'
  /** The first slice of a field that makes one frame with the picture before it. */
  | 'second'
  /** A further slice, or what may stand behind slices. */
  | 'other';

/** Tells what NAL units are, in stored order. */
export interface UnitJudge {
  /** The last picture is a field, and what follows may be the other field of its frame. */
  readonly isHalf: boolean;

  /**
   * Tells by its beginning what a NAL unit is. Keeps what it must know of the units before.
   * @param bytes - the unit stands in them; {@link judgedBytes} of it are there, or all that there are.
   * @param at - position of its header.
   */
  judge(bytes: Uint8Array, at: number): UnitRole;

  /**
   * Takes a unit that was found to be `parameters`.
   * @param unit - all of it; not kept.
   */
  learn(unit: Uint8Array): void;
}

/** Bytes of a NAL unit that are enough to judge it. */
export const judgedBytes = sliceStartBytes;

/** access_unit_delimiter of H.264. */
const avcDelimiter = 9;

/**
 * Makes the judge of H.264.
 * @param codecPrivate - the track's parameter sets, where they are known; those of the stream count too.
 * @see ITU-T H.264, section 7.4.1.2.3 (order of NAL units and of access units)
 */
export function createAvcJudge(codecPrivate?: Uint8Array): UnitJudge {
  return new AvcJudge(codecPrivate);
}

class AvcJudge implements UnitJudge {
  readonly #sets = new KnownParameterSets();
  /** Some sequence may have fields. */
  #mayHaveFields = false;
  #lastMacroblock = -1;
  /** A field that may be the first of a frame. */
  #field: AvcSliceStart | undefined;

  constructor(codecPrivate: Uint8Array | undefined) {
    if (codecPrivate !== undefined) this.#sets.takePrivate(codecPrivate);
    this.#lookForFields();
  }

  get isHalf(): boolean {
    return this.#field !== undefined;
  }

  judge(bytes: Uint8Array, at: number): UnitRole {
    switch (bytes[at]! & 0x1f) {
      case avcNalType.slice:
      case avcNalType.dataPartitionA:
      case avcNalType.idrSlice: {
        // A slice that does not go on behind the last one begins another picture, also where its first one is lost.
        const macroblock = readUnsignedGolomb(bytes, at + 1);
        const isFirst = macroblock <= this.#lastMacroblock || this.#lastMacroblock < 0;
        this.#lastMacroblock = macroblock;
        if (!isFirst) return 'other';
        return this.#mayHaveFields && this.#isSecondField(bytes.subarray(at)) ? 'second' : 'first';
      }
      case avcNalType.sequenceParameterSet:
      case avcNalType.pictureParameterSet:
        this.#lastMacroblock = -1;
        return 'parameters';
      case avcNalType.sei:
      case avcDelimiter:
        this.#lastMacroblock = -1;
        return 'before';
      default:
        return 'other';
    }
  }

  learn(unit: Uint8Array): void {
    unlessMalformed(() => this.#sets.take(unit));
    this.#lookForFields();
  }

  #lookForFields(): void {
    this.#mayHaveFields = [...this.#sets.sequence.values()].some(({ isFrameOnly }) => !isFrameOnly);
    if (!this.#mayHaveFields) this.#field = undefined;
  }

  #isSecondField(slice: Uint8Array): boolean {
    const first = this.#field;
    const start = unlessMalformed(() => parseAvcSliceStart(slice, this.#sets));
    const isSecond = start !== undefined && first !== undefined && makeOneFrame(first, start);
    this.#field = start?.structure !== 'frame' && !isSecond ? start : undefined;
    return isSecond;
  }
}

/** What is damaged tells nothing; what stands around it does. */
function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

/**
 * Makes the judge of HEVC.
 * @see ITU-T H.265, section 7.4.2.4.4 (order of NAL units and of access units)
 */
export function createHevcJudge(): UnitJudge {
  return { isHalf: false, judge: judgeHevc, learn: () => undefined };
}

function judgeHevc(bytes: Uint8Array, at: number): UnitRole {
  const isBaseLayer = (bytes[at]! & 1) === 0 && bytes[at + 1]! >> 3 === 0;
  if (!isBaseLayer) return 'other';
  const type = (bytes[at]! >> 1) & 0x3f;
  if (type <= hevcNalType.lastVcl) return bytes[at + 2]! >> 7 === 1 ? 'first' : 'other';
  // Parameter sets, the delimiter, and what is reserved for things of the kind.
  const isBefore =
    type <= 35 || type === hevcNalType.prefixSei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
  return isBefore ? 'before' : 'other';
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
