import { ByteCursor } from '../../bytes/cursor.js';
import { ByteWriter } from '../../bytes/byte-writer.js';
import { checkLimit } from '../../bytes/limits.js';
import { UnsupportedMediaError } from '../../errors.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { hevcNalType } from './nal-type.js';
import type { HevcSequenceParameterSet } from './sps.js';

/** The content of an `hvcC` box, which is also Matroska's CodecPrivate for `V_MPEGH/ISO/HEVC`. */
export interface HevcDecoderConfigurationRecord {
  /** Bytes of the length before each NAL unit of a sample. */
  readonly lengthSize: NalLengthSize;
  /** NAL units of all arrays, in stored order: parameter sets and SEI. Views of the record. */
  readonly units: readonly Uint8Array[];
}

/** Bytes before the arrays. */
const fixedSize = 23;

/** NAL units in one record; the parameter sets' own ids allow 16 VPS, 16 SPS and 64 PPS. */
const maxUnits = 256;

/**
 * Parses an HEVCDecoderConfigurationRecord.
 * @param record - the bytes; views of them are returned.
 * @throws {MalformedMediaError} when it is cut off.
 * @throws {UnsupportedMediaError} for three-byte lengths, which the specification excludes.
 * @throws {LimitExceededError} above 256 NAL units.
 * @see ISO/IEC 14496-15, section 8.3.3.1
 */
export function parseHevcDecoderConfigurationRecord(record: Uint8Array): HevcDecoderConfigurationRecord {
  const cursor = new ByteCursor(record, 'hvcC');
  // Files made before the standard was final have version 0.
  if (cursor.u8() > 1) throw cursor.malformed('does not have configurationVersion 1');
  cursor.skip(20);
  const lengthSize = (cursor.u8() & 3) + 1;
  if (lengthSize === 3) {
    throw new UnsupportedMediaError(
      'The HEVC track has NAL unit lengths of 3 bytes; only 1, 2 and 4 exist.',
      {
        context: { element: 'hvcC', spec: 'ISO/IEC 14496-15, section 8.3.3.1' },
      },
    );
  }
  const units: Uint8Array[] = [];
  const arrays = cursor.u8();
  for (let i = 0; i < arrays; i++) {
    cursor.skip(1);
    const count = cursor.u16();
    checkLimit('number of NAL units in hvcC', units.length + count, maxUnits);
    for (let j = 0; j < count; j++) {
      const nal = cursor.view(cursor.u16());
      if (nal.length > 2) units.push(nal);
    }
  }
  return { lengthSize: lengthSize as NalLengthSize, units };
}

/**
 * Copies a record with array_completeness set for its parameter sets, which the sample entry `hvc1` demands.
 * Matroska files as a rule have it 0.
 * @param record - a record that {@link parseHevcDecoderConfigurationRecord} accepts.
 * @returns a copy, owned by the caller; `record` itself when nothing is to be set.
 */
export function markArraysComplete(record: Uint8Array): Uint8Array {
  let copy: Uint8Array | undefined;
  const cursor = new ByteCursor(record, 'hvcC');
  cursor.skip(fixedSize - 1);
  const arrays = cursor.u8();
  for (let i = 0; i < arrays; i++) {
    const at = cursor.position;
    const header = cursor.u8();
    if (isParameterSet(header & 0x3f) && (header & 0x80) === 0) {
      copy ??= record.slice();
      copy[at] = header | 0x80;
    }
    const count = cursor.u16();
    for (let j = 0; j < count; j++) cursor.skip(cursor.u16());
  }
  return copy ?? record;
}

/** Whether NAL units of this type are a VPS, SPS or PPS. */
export function isParameterSet(type: number): boolean {
  return type >= hevcNalType.videoParameterSet && type <= hevcNalType.pictureParameterSet;
}

/**
 * Builds an HEVCDecoderConfigurationRecord.
 * @param sets - parameter sets to declare, of each kind at least one; and the parsed form of the first SPS.
 * @param options - length size of the samples; whether the record has every parameter set that they need.
 * @returns the record, owned by the caller.
 * @see ISO/IEC 14496-15, section 8.3.3.1
 */
export function buildHevcDecoderConfigurationRecord(
  sets: {
    readonly video: readonly Uint8Array[];
    readonly sequence: readonly Uint8Array[];
    readonly picture: readonly Uint8Array[];
    readonly first: HevcSequenceParameterSet;
  },
  options: { readonly lengthSize: NalLengthSize; readonly isComplete: boolean },
): Uint8Array {
  const { first } = sets;
  const ptl = first.profileTierLevel;
  const arrays = [
    [hevcNalType.videoParameterSet, sets.video],
    [hevcNalType.sequenceParameterSet, sets.sequence],
    [hevcNalType.pictureParameterSet, sets.picture],
  ] as const;
  const size = arrays.reduce(
    (sum, [, list]) => sum + 3 + list.reduce((bytes, nal) => bytes + 2 + nal.length, 0),
    fixedSize,
  );
  const writer = new ByteWriter(size);
  writer.u8(1);
  writer.u8((ptl.profileSpace << 6) | (ptl.isHighTier ? 0x20 : 0) | ptl.profile);
  writer.u32(ptl.compatibility);
  for (const byte of ptl.constraints) writer.u8(byte);
  writer.u8(ptl.level);
  writer.u16(0xf000 | (first.vui?.minSpatialSegmentation ?? 0));
  writer.u8(0xfc); // parallelismType 0: not known
  writer.u8(0xfc | first.chromaFormat);
  writer.u8(0xf8 | Math.min(first.bitDepthLuma - 8, 7));
  writer.u8(0xf8 | Math.min(first.bitDepthChroma - 8, 7));
  writer.u16(0); // avgFrameRate: not known
  writer.u8((first.maxSubLayers << 3) | (first.isTemporalIdNested ? 4 : 0) | (options.lengthSize - 1));
  writer.u8(arrays.length);
  for (const [type, list] of arrays) {
    writer.u8((options.isComplete ? 0x80 : 0) | type);
    writer.u16(list.length);
    for (const nal of list) {
      writer.u16(nal.length);
      writer.bytes(nal);
    }
  }
  return writer.finish();
}
