import { ByteWriter } from '../../bytes/byte-writer.js';
import { MalformedMediaError } from '../../errors.js';
import { findObu, obuType } from './obu.js';
import { parseAv1SequenceHeader, type Av1SequenceHeader } from './sequence-header.js';

/** Bytes before configOBUs. */
const fixedSize = 4;

/**
 * Views configOBUs of an `av1C` record, which is also Matroska's CodecPrivate for `V_AV1`.
 * @returns a view of `record`, possibly empty.
 * @throws {MalformedMediaError} when it is cut off or of another version.
 * @see AV1 Codec ISO Media File Format Binding, section 2.3.3
 */
export function viewConfigObus(record: Uint8Array): Uint8Array {
  if (record.length < fixedSize || record[0] !== 0x81) {
    throw new MalformedMediaError('av1C does not begin with marker 1 and version 1.', {
      context: { element: 'av1C', spec: 'AV1 in ISO BMFF, section 2.3.3' },
    });
  }
  return record.subarray(fixedSize);
}

/**
 * Finds and parses the sequence header among OBUs.
 * @returns the header and the payload of its OBU, a view; undefined when there is none.
 * @throws {MalformedMediaError} when it is cut off.
 */
export function findSequenceHeader(
  obus: Uint8Array,
): { readonly header: Av1SequenceHeader; readonly payload: Uint8Array } | undefined {
  const found = findObu(obus, obuType.sequenceHeader);
  if (found === undefined) return undefined;
  const payload = obus.subarray(found.payloadStart, found.end);
  return { header: parseAv1SequenceHeader(payload), payload };
}

/**
 * Builds an AV1CodecConfigurationRecord.
 * @param header - the parsed sequence header.
 * @param payload - the payload of its OBU.
 * @returns the record, owned by the caller.
 * @see AV1 Codec ISO Media File Format Binding, section 2.3
 */
export function buildAv1CodecConfigurationRecord(header: Av1SequenceHeader, payload: Uint8Array): Uint8Array {
  const size = leb128(payload.length);
  const writer = new ByteWriter(fixedSize + 1 + size.length + payload.length);
  const { color } = header;
  writer.u8(0x81);
  writer.u8((header.profile << 5) | header.level);
  writer.u8(
    (header.isHighTier ? 0x80 : 0) |
      (color.bitDepth > 8 ? 0x40 : 0) |
      (color.bitDepth === 12 ? 0x20 : 0) |
      (color.isMonochrome ? 0x10 : 0) |
      (color.subsamplingX << 3) |
      (color.subsamplingY << 2) |
      color.chromaSamplePosition,
  );
  const delay = header.initialDisplayDelayMinus1;
  writer.u8(delay === undefined ? 0 : 0x10 | delay);
  writer.u8((obuType.sequenceHeader << 3) | 2);
  writer.bytes(size);
  writer.bytes(payload);
  return writer.finish();
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return Uint8Array.from(bytes);
}
