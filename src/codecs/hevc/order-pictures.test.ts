import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { PresentationTimes } from '../presentation-times.js';
import { createHevcPictureOrder } from './order-pictures.js';

// The beginnings of pictures of x265 3.5 (Debian ffmpeg 5.1.9: open GOPs of 6, a pyramid of 3 B pictures), in decode order,
// and when they are shown: what ffprobe reads from the Matroska file that the same encoder is muxed into.
const sets = [
  '40010c01ffff01600000030090000003000003001e959409',
  '42010101600000030090000003000003001ea020831659596e4caf016808000003000800000300c840',
  '4401c173d089',
];
const slices = [
  [...sets, '2801af1d80627b4bbb2a753d80c6'],
  ['0201d0115784318e40a9747fea19'],
  ['0001e024bf8614c08a7e8000'],
  [...sets, '2a01ac18e4271980627c25ccb40f'],
  ['1201e0869557d4612cf157d56003'],
  ['1001e066f5d7d22c2880f83c9e99'],
  ['1001e0a22d57f718518a7e8000'],
  ['0201d05149e10c6390a8cc2f83f9'],
  ['0201e104957861248c3c8000'],
  ['0001e0e4fd7e8b0a208a7e8000'],
  ['0001e126b5fd4614c08a7e8000'],
  [...sets, '2a01ac304a227188627b56dd917d'],
  ['1001e1622d57f718538a7e8000'],
  ['0201d0715784318ec0a9c83f88ba'],
  ['0001e1a4bf8614408a7e80'],
];
const shownAt = [0, 2, 1, 6, 4, 3, 5, 10, 8, 7, 9, 12, 11, 14, 13];

const pictures = slices.map((units) => fromHex(units.map((unit) => `00000001${unit}`).join('')));

describe('createHevcPictureOrder', () => {
  it('tells when pictures are shown, of leading ones and layers too', () => {
    const order = createHevcPictureOrder(undefined);
    const times = new PresentationTimes();
    const shown: number[] = [];
    pictures.forEach((picture, i) => times.push(i, order(picture), (time) => (shown[i] = time)));
    times.flush();
    assert.deepEqual(shown, shownAt);
    // Counts go on over pictures that may begin a sequence and here do not.
    const again = createHevcPictureOrder(undefined);
    assert.deepEqual(
      pictures.map((picture) => again(picture)!.count),
      shownAt,
    );
  });

  it('has no place for what is damaged', () => {
    const order = createHevcPictureOrder(undefined);
    assert.equal(order(pictures[1]!), undefined);
    assert.equal(order(new Uint8Array()), undefined);
    assert.equal(order(fromHex('0000000142010160')), undefined);
    assert.deepEqual(order(pictures[0]!), { count: 0, beginsSequence: true, reorderDepth: 2 });
    // The second slice of a picture, alone.
    assert.equal(order(fromHex('00000001 0201 5011')), undefined);
  });
});
