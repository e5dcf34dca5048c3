import { Buffer } from 'node:buffer';

/** Size of the packets that ffmpeg writes. */
const PACKET_BYTES = 3200;
/** The Data Object's ID, as it is stored. */
const DATA_OBJECT = Uint8Array.of(
  0x36, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c,
); // prettier-ignore
/** Object header, file ID, number of packets, and two bytes. */
const DATA_HEAD_BYTES = 50;
/** A payload of a whole object, or of part of one, states its object's size and presentation time. */
const REPLICATED_BYTES = 8;

/**
 * Shows what one stream of an ASF file holds later: it then stands ahead of the other streams of its time.
 * @param asf - what ffmpeg wrote; changed.
 * @param stream - the stream's number.
 * @param laterMs - by how much.
 * @see Advanced Systems Format Specification, section 5.2
 */
export function presentLater(asf: Uint8Array, stream: number, laterMs: number): void {
  const view = new DataView(asf.buffer, asf.byteOffset, asf.byteLength);
  const data = Buffer.from(asf.buffer, asf.byteOffset, asf.byteLength).indexOf(DATA_OBJECT);
  // Behind error correction data; an index, which has none, ends them.
  for (
    let at = data + DATA_HEAD_BYTES;
    at + PACKET_BYTES <= asf.length && asf[at] === 0x82;
    at += PACKET_BYTES
  ) {
    let from = at + 3;
    const flags = asf[from]!;
    const isMultiple = (flags & 1) !== 0;
    const paddingBytes = (flags >> 3) & 3;
    from += 2;
    const padding = paddingBytes === 0 ? 0 : paddingBytes === 1 ? asf[from]! : view.getUint16(from, true);
    // Send time and duration.
    from += paddingBytes + 6;
    const count = isMultiple ? asf[from++]! & 0x3f : 1;
    for (let i = 0; i < count; i++) {
      const time = from + 7 + 4;
      if ((asf[from]! & 0x7f) === stream) view.setUint32(time, view.getUint32(time, true) + laterMs, true);
      from += 7 + REPLICATED_BYTES;
      from = isMultiple ? from + 2 + view.getUint16(from, true) : at + PACKET_BYTES - padding;
    }
  }
}
