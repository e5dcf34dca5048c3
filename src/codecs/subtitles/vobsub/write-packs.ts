import { ByteWriter } from '../../../bytes/byte-writer.js';

/** A pack: a sector of a DVD. */
const PACK_BYTES = 2048;
const PACK_HEADER_BYTES = 14;
/** Start code, length, and the three bytes that every header has. */
const PES_HEADER_BYTES = 9;
const PES_PREFIX_BYTES = 6;
const PTS_BYTES = 5;
const STREAM_NUMBER_BYTES = 1;
/** Most of a unit in a pack that is not its first. */
const PAYLOAD_BYTES = PACK_BYTES - PACK_HEADER_BYTES - PES_HEADER_BYTES - STREAM_NUMBER_BYTES;

const PACK_START = 0x1ba;
const PRIVATE_STREAM = 0x1bd;
const PADDING_STREAM = 0x1be;
/** The first of the sub-picture streams within the private one. */
const FIRST_SUB_PICTURES = 0x20;
/** What a DVD is read with: 10.08 Mbit/s, in units of 50 bytes a second. */
const MUX_RATE = 25_200;
const TICKS_PER_MS = 90;
/** Times have 33 bits, which is 26 hours. */
const TIME_MODULUS = 2 ** 33;

/**
 * Says how many bytes a unit takes in a `.sub` file.
 * @param size - of the unit, in bytes.
 */
export function packedSize(size: number): number {
  return PACK_BYTES * Math.max(1, Math.ceil((size + PTS_BYTES) / PAYLOAD_BYTES));
}

/**
 * Writes a sub-picture unit as the `.sub` file of VobSub has it: packs of a programme stream, the first with its time, the
 * last filled up.
 * @param unit - not kept.
 * @param timeMs - when it is shown.
 * @returns {@link packedSize} bytes.
 * @see ISO/IEC 13818-1, sections 2.5.3.3 (pack), 2.4.3.6 (PES packet)
 */
export function writePacks(unit: Uint8Array, timeMs: number): Uint8Array {
  const writer = new ByteWriter(packedSize(unit.length));
  const time = (timeMs * TICKS_PER_MS) % TIME_MODULUS;
  for (let at = 0, isFirst = true; isFirst || at < unit.length; isFirst = false) {
    const payload = unit.subarray(at, at + PAYLOAD_BYTES - (isFirst ? PTS_BYTES : 0));
    writePack(writer, payload, time, isFirst);
    at += payload.length;
  }
  return writer.finish();
}

function writePack(writer: ByteWriter, payload: Uint8Array, time: number, isFirst: boolean): void {
  const header = PES_HEADER_BYTES + (isFirst ? PTS_BYTES : 0) + STREAM_NUMBER_BYTES;
  const left = PACK_BYTES - PACK_HEADER_BYTES - header - payload.length;
  // What is too little for a packet of padding stands in the header.
  const stuffing = left < PES_PREFIX_BYTES ? left : 0;
  writePackHeader(writer, time);
  writer.u32(PRIVATE_STREAM);
  writer.u16(header - PES_PREFIX_BYTES + stuffing + payload.length);
  writer.u8(0x81);
  writer.u8(isFirst ? 0x80 : 0);
  writer.u8((isFirst ? PTS_BYTES : 0) + stuffing);
  if (isFirst) writePts(writer, time);
  fill(writer, stuffing);
  writer.u8(FIRST_SUB_PICTURES);
  writer.bytes(payload);
  if (stuffing === left) return;
  writer.u32(PADDING_STREAM);
  writer.u16(left - PES_PREFIX_BYTES);
  fill(writer, left - PES_PREFIX_BYTES);
}

/** Its clock is the time of the unit, of which nothing comes later. */
function writePackHeader(writer: ByteWriter, time: number): void {
  const [high, middle, low] = partsOf(time);
  writer.u32(PACK_START);
  writer.u8(0x44 | (high << 3) | (middle >> 13));
  writer.u8((middle >> 5) & 0xff);
  writer.u8(((middle & 0x1f) << 3) | 0x04 | (low >> 13));
  writer.u8((low >> 5) & 0xff);
  writer.u8(((low & 0x1f) << 3) | 0x04);
  writer.u8(0x01);
  writer.u24((MUX_RATE << 2) | 0x03);
  // No stuffing.
  writer.u8(0xf8);
}

function writePts(writer: ByteWriter, time: number): void {
  const [high, middle, low] = partsOf(time);
  writer.u8(0x21 | (high << 1));
  writer.u16((middle << 1) | 1);
  writer.u16((low << 1) | 1);
}

/** The uppermost 3 bits of a time, the next 15 and the last 15, between which there are markers. */
function partsOf(time: number): [high: number, middle: number, low: number] {
  return [Math.floor(time / 2 ** 30), Math.floor(time / 2 ** 15) & 0x7fff, time & 0x7fff];
}

function fill(writer: ByteWriter, count: number): void {
  writer.bytes(new Uint8Array(count).fill(0xff));
}
