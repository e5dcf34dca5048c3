import { ByteCursor } from '../../bytes/cursor.js';
import { ByteWriter } from '../../bytes/byte-writer.js';
import { UnsupportedMediaError } from '../../errors.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { hasSampleFormat, type AvcSequenceParameterSet } from './sps.js';

/** The content of an `avcC` box, which is also Matroska's CodecPrivate for `V_MPEG4/ISO/AVC`. */
export interface AvcDecoderConfigurationRecord {
  /** Bytes of the length before each NAL unit of a sample. */
  readonly lengthSize: NalLengthSize;
  /** Sequence parameter sets, views of the record. */
  readonly sequenceParameterSets: readonly Uint8Array[];
  /** Picture parameter sets, views of the record. */
  readonly pictureParameterSets: readonly Uint8Array[];
  /** Whether the chroma format and bit depths of the High profiles are there. */
  readonly hasSampleFormat: boolean;
}

/**
 * Parses an AVCDecoderConfigurationRecord.
 * @param record - the bytes; views of them are returned.
 * @throws {MalformedMediaError} when it is cut off or of another version.
 * @throws {UnsupportedMediaError} for three-byte lengths, which the specification excludes.
 * @see ISO/IEC 14496-15, section 5.3.3.1
 */
export function parseAvcDecoderConfigurationRecord(record: Uint8Array): AvcDecoderConfigurationRecord {
  const cursor = new ByteCursor(record, 'avcC');
  if (cursor.u8() !== 1) throw cursor.malformed('does not have configurationVersion 1');
  const profile = cursor.u8();
  cursor.skip(2);
  const lengthSize = (cursor.u8() & 3) + 1;
  if (lengthSize === 3) {
    throw new UnsupportedMediaError(
      'The H.264 track has NAL unit lengths of 3 bytes; only 1, 2 and 4 exist.',
      {
        context: { element: 'avcC', spec: 'ISO/IEC 14496-15, section 5.3.3.1' },
      },
    );
  }
  const sequenceParameterSets = viewParameterSets(cursor, cursor.u8() & 0x1f);
  const pictureParameterSets = viewParameterSets(cursor, cursor.u8());
  return {
    lengthSize: lengthSize as NalLengthSize,
    sequenceParameterSets,
    pictureParameterSets,
    hasSampleFormat: hasSampleFormat(profile) && cursor.remaining >= 4,
  };
}

function viewParameterSets(cursor: ByteCursor, count: number): Uint8Array[] {
  const sets: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const nal = cursor.view(cursor.u16());
    if (nal.length > 0) sets.push(nal);
  }
  return sets;
}

/**
 * Builds an AVCDecoderConfigurationRecord.
 * @param sets - parameter sets to declare, at most 31 and 255 of them; and the parsed form of the first SPS.
 * @param lengthSize - bytes of the lengths in the samples that the record is for.
 * @returns the record, owned by the caller.
 * @see ISO/IEC 14496-15, section 5.3.3.1
 */
export function buildAvcDecoderConfigurationRecord(
  sets: {
    readonly sequence: readonly Uint8Array[];
    readonly picture: readonly Uint8Array[];
    readonly first: AvcSequenceParameterSet;
  },
  lengthSize: NalLengthSize,
): Uint8Array {
  const { first } = sets;
  const withFormat = hasSampleFormat(first.profile);
  const size = (list: readonly Uint8Array[]): number => list.reduce((sum, nal) => sum + 2 + nal.length, 0);
  const writer = new ByteWriter(7 + size(sets.sequence) + size(sets.picture) + (withFormat ? 4 : 0));
  writer.u8(1);
  writer.u8(first.profile);
  writer.u8(first.constraints);
  writer.u8(first.level);
  writer.u8(0xfc | (lengthSize - 1));
  writer.u8(0xe0 | sets.sequence.length);
  for (const nal of sets.sequence) writeSet(writer, nal);
  writer.u8(sets.picture.length);
  for (const nal of sets.picture) writeSet(writer, nal);
  if (withFormat) {
    writer.u8(0xfc | first.chromaFormat);
    writer.u8(0xf8 | (first.bitDepthLuma - 8));
    writer.u8(0xf8 | (first.bitDepthChroma - 8));
    writer.u8(0); // numOfSequenceParameterSetExt: auxiliary pictures only
  }
  return writer.finish();
}

function writeSet(writer: ByteWriter, nal: Uint8Array): void {
  writer.u16(nal.length);
  writer.bytes(nal);
}
