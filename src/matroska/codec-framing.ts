import { MalformedMediaError } from '../errors.js';

/**
 * Puts a ProRes frame's container atom back, which Matroska leaves out and libavcodec wants.
 * @param data - a frame; returned itself when it has the atom already.
 * @see draft-ietf-cellar-codec, section 6.2 (V_PRORES); SMPTE RDD 36, section 5.1
 */
export function restoreProresAtom(data: Uint8Array): Uint8Array {
  const isWhole = data[4] === 0x69 && data[5] === 0x63 && data[6] === 0x70 && data[7] === 0x66;
  if (isWhole) return data;
  const frame = new Uint8Array(8 + data.length);
  new DataView(frame.buffer).setUint32(0, frame.length);
  frame.set([0x69, 0x63, 0x70, 0x66], 4); // icpf
  frame.set(data, 8);
  return frame;
}

/** Flags of a WavPack block that is the first and the last of its frame. */
const WHOLE_FRAME = 0x1800;
/** Bytes of a WavPack block header. */
const WAVPACK_HEADER_BYTES = 32;
/** The most blocks of a frame: WavPack has at most 256 channels, and a block one or two. */
const MAX_WAVPACK_BLOCKS = 256;

/**
 * Puts the WavPack block headers back, of which Matroska keeps only what differs from frame to frame.
 * @param data - a frame: number of samples; then for each block its flags, CRC, size (left out when there is but one
 * block) and data. All numbers are little-endian.
 * @param version - version of the WavPack stream, from the CodecPrivate.
 * @throws {MalformedMediaError} when the sizes do not fit the frame.
 * @see draft-ietf-cellar-codec, section 6.3 (A_WAVPACK4)
 */
export function restoreWavpackHeaders(data: Uint8Array, version: number): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const blocks: { readonly header: number; readonly start: number; readonly end: number }[] = [];
  let at = 4;
  while (at < data.length) {
    const header = at;
    requireBytes(data, at, 8);
    let start = header + 8;
    let end = data.length;
    if ((view.getUint32(header, true) & WHOLE_FRAME) !== WHOLE_FRAME) {
      requireBytes(data, start, 4);
      end = start + 4 + view.getUint32(start, true);
      start += 4;
    }
    if (blocks.length >= MAX_WAVPACK_BLOCKS) throw malformed();
    requireBytes(data, start, end - start);
    blocks.push({ header, start, end });
    at = end;
  }
  if (blocks.length === 0) throw malformed();

  const total = blocks.reduce((sum, { start, end }) => sum + WAVPACK_HEADER_BYTES + end - start, 0);
  const frame = new Uint8Array(total);
  const out = new DataView(frame.buffer);
  let position = 0;
  for (const { header, start, end } of blocks) {
    frame.set([0x77, 0x76, 0x70, 0x6b], position); // wvpk
    out.setUint32(position + 4, WAVPACK_HEADER_BYTES - 8 + end - start, true);
    out.setUint16(position + 8, version, true);
    out.setUint32(position + 20, view.getUint32(0, true), true);
    frame.set(data.subarray(header, header + 8), position + 24); // flags and CRC
    frame.set(data.subarray(start, end), position + WAVPACK_HEADER_BYTES);
    position += WAVPACK_HEADER_BYTES + end - start;
  }
  return frame;
}

function requireBytes(data: Uint8Array, at: number, length: number): void {
  if (length > data.length - at) throw malformed();
}

function malformed(): MalformedMediaError {
  return new MalformedMediaError('A WavPack frame has block sizes that do not fit it.', {
    context: { element: 'A_WAVPACK4 frame' },
  });
}
