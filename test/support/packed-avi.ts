import { KEYFRAME, viewAvi } from './avi-chunks.js';
import { joinBytes } from './read-stream.js';

/** What a chunk of MPEG-4 video holds, by the vop_coding_type behind its vop_start_code. */
const [I_VOP, B_VOP] = [0, 2];

/** The user data that libavcodec writes, and as many characters of those by which DivX says that it packs. */
const LAVC = /Lavc\d\d\.\d\d\.\d\d\d/g;
const DIVX = 'DivX503b1393p';

/**
 * A predicted VOP that is not coded: its start code, coding type and modulo_time_base `0`, a marker, five bits of time, a
 * marker, vop_coded `0`.
 */
const EMPTY_PICTURE = Uint8Array.of(0, 0, 1, 0xb6, 0b0101_0000, 0b0101_1111);
/** The same as Xvid writes it behind an I-VOP: it calls itself one, too. */
const EMPTY_I_VOP = EMPTY_PICTURE.with(4, 0b0001_0000);

/**
 * Packs the bitstream of an AVI file of MPEG-4 video as DivX did: two pictures stand in one chunk, the one that is shown
 * later before the one that is shown earlier, and an empty picture follows in the chunk that becomes free.
 * @param avi - a file of one track, with at most one B-VOP between any other two, whose VOPs count time in 5 bits.
 */
export function packAvi(avi: Uint8Array): Uint8Array {
  const { head, chunks, isKey } = viewAvi(avi);
  const packed = chunks.map((chunk, i) => {
    const next = chunks[i + 1];
    if (codingTypeOf(chunk) === B_VOP) {
      return codingTypeOf(chunks[i - 1]!) === I_VOP ? EMPTY_I_VOP : EMPTY_PICTURE;
    }
    return next !== undefined && codingTypeOf(next) === B_VOP ? joinBytes([chunk, next]) : chunk;
  });
  let offset = 4;
  const entries: Uint8Array[] = [];
  const stored = packed.map((data, i) => {
    entries.push(
      joinBytes([text('00dc'), word(isKey[i] === true ? KEYFRAME : 0), word(offset), word(data.length)]),
    );
    const padded = joinBytes([text('00dc'), word(data.length), data, new Uint8Array(data.length % 2)]);
    offset += padded.length;
    return padded;
  });
  const movi = joinBytes([text('movi'), ...stored]);
  const index = joinBytes(entries);
  const file = joinBytes([head, word(movi.length), movi, text('idx1'), word(index.length), index]);
  file.set(word(file.length - 8), 4);
  for (const { index: at } of new TextDecoder('latin1').decode(file).matchAll(LAVC)) file.set(text(DIVX), at);
  return file;
}

/** @see ISO/IEC 14496-2, section 6.2.5: vop_coding_type follows the start code. */
function codingTypeOf(chunk: Uint8Array): number {
  const at = chunk.findIndex((byte, i) => byte === 0xb6 && chunk[i - 1] === 1 && chunk[i - 2] === 0);
  return chunk[at + 1]! >> 6;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function word(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}
