import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { createMpeg2PictureOrder } from './order-pictures.js';

describe('createMpeg2PictureOrder', () => {
  it('shows B pictures before the picture that was decoded last of those that others refer to', () => {
    // Pictures as Debian's ffmpeg 5.1.9 writes them into AVI (-c:v mpeg2video -bf 2), and their coded_picture_number in the
    // order in which ffprobe shows them: 0, 2, 3, 1, 5, 6, 4.
    const headers = ['000ffff8', '00d7fffb', '005ffffb', '009ffffb', '0197fffb', '011ffffb', '015ffffb'];
    const order = createMpeg2PictureOrder();
    const counts = headers.map((header) => order(fromHex(`000001b8 00080000 00000100 ${header}`))!.count);
    const shown = counts.map((_, i) => i).sort((a, b) => counts[a]! - counts[b]!);
    assert.deepEqual(shown, [0, 2, 3, 1, 5, 6, 4]);
  });

  it('has no place for a sample without a picture', () => {
    assert.equal(createMpeg2PictureOrder()(fromHex('000001b3 140000000000')), undefined);
    assert.equal(createMpeg2PictureOrder()(fromHex('00000100')), undefined);
    assert.equal(createMpeg2PictureOrder()(new Uint8Array()), undefined);
  });
});
