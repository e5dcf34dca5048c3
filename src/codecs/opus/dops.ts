import { ByteWriter } from '../../bytes/byte-writer.js';
import type { OpusHead } from './opus-head.js';

/**
 * Builds the payload of a `dOps` box: OpusHead in big-endian, with version 0 and without the magic.
 * @returns the payload, owned by the caller.
 * @see Encapsulation of Opus in ISO Base Media File Format, section 4.3.2
 */
export function buildDops(head: OpusHead): Uint8Array {
  const writer = new ByteWriter(11 + head.mappingTable.length);
  writer.u8(0);
  writer.u8(head.channels);
  writer.u16(head.preSkip);
  writer.u32(head.inputSampleRate);
  writer.i16(head.outputGain);
  writer.u8(head.mappingFamily);
  writer.bytes(head.mappingTable);
  return writer.finish();
}
