import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../test/support/hex.js';
import { MalformedMediaError, SegmintError } from '../errors.js';
import { restoreProresAtom, restoreWavpackHeaders } from './codec-framing.js';

describe('restoreProresAtom', () => {
  it('puts size and name before a frame, once', () => {
    const frame = restoreProresAtom(fromHex('0094000061626364'));
    assert.equal(toHex(frame), '00000010696370660094000061626364');
    assert.equal(restoreProresAtom(frame), frame);
    assert.equal(restoreProresAtom(new Uint8Array(0)).length, 8);
  });
});

describe('restoreWavpackHeaders', () => {
  it('completes a frame of one block', () => {
    // Samples 0x1022, flags with 0x1800 (first and last block), CRC. By hand, after the layout of WavPack's header;
    // frames of a file that ffmpeg wrote come out with the MD5 that ffprobe -show_data_hash md5 gives.
    const stored = fromHex('22100000 21188014 11223344 aabbcc');
    assert.equal(
      toHex(restoreWavpackHeaders(stored, 0x403)),
      '7776706b1b0000000304000000000000000000002210000021188014112233' + '44aabbcc',
    );
  });

  it('completes a frame of two blocks, each with its size', () => {
    const stored = fromHex('01000000 00080000 01010101 02000000 aaaa 00100000 02020202 01000000 bb');
    const frame = restoreWavpackHeaders(stored, 0x410);
    assert.equal(frame.length, 32 + 2 + 32 + 1);
    assert.equal(toHex(frame.subarray(0, 10)), '7776706b1a0000001004');
    assert.equal(toHex(frame.subarray(20, 34)), '010000000008000001010101aaaa');
    assert.equal(toHex(frame.subarray(54)), '010000000010000002020202bb');
  });

  it('refuses sizes that do not fit', () => {
    for (const hex of ['', '01000000', '01000000 0008', '01000000 00080000 01010101 ffffffff aa']) {
      assert.throws(() => restoreWavpackHeaders(fromHex(hex), 0x410), MalformedMediaError, hex);
    }
  });

  it('throws nothing else, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        try {
          restoreWavpackHeaders(data, 0x410);
        } catch (error) {
          assert.ok(error instanceof SegmintError);
        }
      }),
    );
  });
});
