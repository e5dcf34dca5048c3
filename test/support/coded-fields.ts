/**
 * H.264 pictures of 16 x 32 pixels, one macroblock a field: a sequence that may hold fields, since none of the encoders at
 * hand makes pictures of one field each. Any decoder takes them.
 * @see ITU-T H.264, section 7.3
 */
import { addEmulationPrevention } from '../../src/codecs/nal/emulation-prevention.js';

/** Which part of a frame a picture is. */
type Structure = 'frame' | 'top' | 'bottom';

/** A picture to be coded. */
export interface CodedField {
  readonly structure: Structure;
  /** frame_num, 0 to 15. */
  readonly frameNum: number;
  /** pic_order_cnt_lsb, 0 to 255. */
  readonly order: number;
  /** An IDR picture, one of I macroblocks, or one that repeats what it refers to. */
  readonly kind: 'idr' | 'intra' | 'repeat';
  /** Others may refer to it; true when absent. */
  readonly isReference?: boolean;
  /** Luma and chroma of an intra picture. */
  readonly grey?: number;
}

/** The sequence and picture parameter sets of what {@link codeField} codes. */
export function codeFieldSets(): readonly [Uint8Array, Uint8Array] {
  const sequence = new Bits();
  for (const byte of [0x67, 77, 0, 30]) sequence.add(byte, 8);
  // id, frame_num of 4 bits, order of 8 bits, references, one macroblock by one pair.
  for (const code of [0, 0, 0, 4, 2]) sequence.addCode(code);
  sequence.add(0, 1);
  for (const code of [0, 0]) sequence.addCode(code);
  sequence.add(0b00100, 5);
  const picture = new Bits();
  picture.add(0x68, 8);
  for (const code of [0, 0]) picture.addCode(code);
  picture.add(0b00, 2);
  for (const code of [0, 0, 0]) picture.addCode(code);
  picture.add(0b000, 3);
  for (const code of [0, 0, 0]) picture.addCode(code);
  picture.add(0b000, 3);
  return [sequence.finish(), picture.finish()];
}

/** Codes one picture as one slice. */
export function codeField(field: CodedField): Uint8Array {
  const { structure, frameNum, order, kind, isReference = true, grey = 100 } = field;
  const isIntra = kind !== 'repeat';
  const slice = new Bits();
  slice.add((isReference ? 0x60 : 0) | (kind === 'idr' ? 5 : 1), 8);
  for (const code of [0, isIntra ? 7 : 5, 0]) slice.addCode(code);
  slice.add(frameNum, 4);
  slice.add(structure === 'frame' ? 0 : 1, 1);
  if (structure !== 'frame') slice.add(structure === 'bottom' ? 1 : 0, 1);
  if (kind === 'idr') slice.addCode(0);
  slice.add(order, 8);
  if (!isIntra) slice.add(0b00, 2);
  if (isReference) slice.add(0, kind === 'idr' ? 2 : 1);
  slice.addCode(0);
  const macroblocks = structure === 'frame' ? 2 : 1;
  if (!isIntra) slice.addCode(macroblocks);
  for (let i = 0; isIntra && i < macroblocks; i++) {
    slice.addCode(25);
    slice.align();
    for (let sample = 0; sample < 384; sample++) slice.add(sample < 256 ? grey : 128, 8);
  }
  return slice.finish();
}

class Bits {
  readonly #bits: number[] = [];

  add(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
  }

  /** ue(v). */
  addCode(value: number): void {
    const length = 32 - Math.clz32(value + 1);
    this.add(0, length - 1);
    this.add(value + 1, length);
  }

  align(): void {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
  }

  /** The NAL unit, with its stop bit. */
  finish(): Uint8Array {
    this.#bits.push(1);
    this.align();
    const bytes = new Uint8Array(this.#bits.length / 8);
    this.#bits.forEach((bit, i) => (bytes[i >> 3]! |= bit << (7 - (i & 7))));
    return addEmulationPrevention(bytes);
  }
}
