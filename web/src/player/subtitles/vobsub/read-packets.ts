/** Start codes of MPEG program streams. */
const PACK = 0x1ba;
const PRIVATE_STREAM_1 = 0x1bd;
const PACK_BYTES = 14;
/** Most packets and packs that one sub-picture is looked for in: with its 64 KiB it takes some seventy. */
const MAX_STEPS = 256;

/**
 * Collects a sub-picture from the packets that it is spread over.
 * @param bytes - of the `.sub` file: an MPEG program stream.
 * @param position - where the first packet of it is.
 * @returns undefined when there is none, or it breaks off.
 * @see ISO/IEC 13818-1, section 2.5.3; the first two bytes of a sub-picture are its size
 */
export function readSubPicture(bytes: Uint8Array, position: number): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let whole: Uint8Array | undefined;
  let filled = 0;
  let stream: number | undefined;
  for (let at = position, steps = 0; at + 6 <= bytes.length && steps < MAX_STEPS; steps++) {
    const code = view.getUint32(at);
    if (code === PACK) {
      // At its end, the number of stuffing bytes.
      at += PACK_BYTES + ((bytes[at + 13] ?? 0) & 7);
      continue;
    }
    if (code >>> 8 !== 1) return undefined;
    const end = at + 6 + view.getUint16(at + 4);
    if (end > bytes.length) return undefined;
    const from = at + 9 + (bytes[at + 8] ?? 0);
    at = end;
    if (code !== PRIVATE_STREAM_1 || from >= end) continue;
    stream ??= bytes[from];
    if (bytes[from] !== stream) continue;
    const data = bytes.subarray(from + 1, end);
    if (whole === undefined) {
      if (data.length < 4) return undefined;
      whole = new Uint8Array((data[0]! << 8) | data[1]!);
    }
    const part = data.subarray(0, whole.length - filled);
    whole.set(part, filled);
    filled += part.length;
    if (filled === whole.length) return whole;
  }
  return undefined;
}
