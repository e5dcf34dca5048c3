import { ByteWriter } from '../../bytes/byte-writer.js';
import type { FlacStreamInfo } from './streaminfo.js';

/**
 * Builds the payload of a `dfLa` box, version and flags included, with STREAMINFO as its only and last block.
 * @returns the payload, owned by the caller.
 * @see Encapsulation of FLAC in ISO Base Media File Format, section 3.3.2
 */
export function buildDfla(info: FlacStreamInfo): Uint8Array {
  const writer = new ByteWriter(8 + info.body.length);
  writer.u32(0);
  writer.u8(0x80); // last block, type 0
  writer.u24(info.body.length);
  writer.bytes(info.body);
  return writer.finish();
}
