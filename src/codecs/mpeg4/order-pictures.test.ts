import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMpeg4PictureOrder } from './order-pictures.js';

const [I, P, B] = [0, 1, 2] as const;

function vop(type: number, length = 40): number[] {
  return [0, 0, 1, 0xb6, type << 6, ...new Array<number>(length - 5).fill(0x55)];
}

/** The places in the order of showing, of chunks in decode order. */
function places(chunks: readonly (readonly number[])[], codecPrivate?: Uint8Array): number[] {
  const order = createMpeg4PictureOrder(codecPrivate);
  const counts = chunks.map((chunk) => order(Uint8Array.from(chunk))!.count);
  const sorted = counts.toSorted((a, b) => a - b);
  return counts.map((count) => sorted.indexOf(count));
}

describe('createMpeg4PictureOrder', () => {
  it('shows B-VOPs before the picture that was decoded last of those that others refer to', () => {
    assert.deepEqual(places([vop(I), vop(P), vop(B), vop(B), vop(P), vop(B)]), [0, 3, 1, 2, 5, 4]);
  });

  it('gives the empty picture of a packed bitstream the place of the second one in the chunk before', () => {
    const chunks = [vop(I), [...vop(P), ...vop(B)], vop(P, 7), [...vop(P), ...vop(B)], vop(P, 7)];
    assert.deepEqual(places(chunks), [0, 2, 1, 4, 3]);
    assert.deepEqual(places([vop(I), vop(P), vop(P, 7)]), [0, 1, 2]);
    const signature = Uint8Array.from([0, 0, 1, 0xb2, ...new TextEncoder().encode('DivX503b1393p')]);
    assert.deepEqual(places([vop(I), vop(P), vop(P, 7)], signature), [0, 2, 1]);
  });

  it('takes the empty picture behind an I-VOP for what it is, which Xvid calls an I-VOP, too', () => {
    const chunks = [
      vop(I),
      [...vop(I), ...vop(B)],
      vop(B),
      vop(I, 6),
      vop(I),
      [...vop(P), ...vop(B)],
      vop(P, 6),
    ];
    assert.deepEqual(places(chunks), [0, 3, 1, 2, 4, 6, 5]);
  });

  it('has no place for a chunk without a picture', () => {
    assert.equal(createMpeg4PictureOrder(undefined)(Uint8Array.of(0, 0, 1, 0xb0)), undefined);
    assert.equal(createMpeg4PictureOrder(undefined)(new Uint8Array()), undefined);
  });
});
