import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mostHeaderBytes, parsePesHeader } from './pes-header.js';

/** A picture's, as ffmpeg 5.1 wrote it: 102688 and 95488 by ffprobe. */
const ofPicture = [0, 0, 1, 0xe0, 0, 0, 0x80, 0xc0, 10, 0x31, 0, 0x07, 0x22, 0x41, 0x11, 0, 0x05, 0xea, 0x01];

describe('parsePesHeader', () => {
  it('reads times and lengths', () => {
    assert.deepEqual(parsePesHeader(Uint8Array.from(ofPicture), 0, ofPicture.length), {
      headerBytes: 19,
      payloadBytes: undefined,
      pts: 102_688,
      dts: 95_488,
    });
    // PES_packet_length of 0x0102 counts from the byte behind it; PTS alone: 2^33 - 1.
    const bounded = [0, 0, 1, 0xc0, 1, 2, 0x80, 0x80, 5, 0x2f, 0xff, 0xff, 0xff, 0xff];
    const header = parsePesHeader(Uint8Array.from(bounded), 0, bounded.length);
    const time = 2 ** 33 - 1;
    assert.deepEqual(header, { headerBytes: 14, payloadBytes: 0x0102 - 8, pts: time, dts: time });
  });

  it('asks for more where it is cut off, and takes nothing else for a header', () => {
    for (let end = 0; end < ofPicture.length; end++) {
      assert.equal(parsePesHeader(Uint8Array.from(ofPicture), 0, end), 'short');
    }
    // A padding stream; bytes that are no start code; the form of MPEG-1.
    for (const [at, value] of [
      [3, 0xbe],
      [2, 2],
      [6, 0x40],
    ] as const) {
      const other = Uint8Array.from(ofPicture);
      other[at] = value;
      assert.equal(parsePesHeader(other, 0, other.length), undefined);
    }
  });

  it('takes whatever bytes there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        bytes.set([0, 0, 1].slice(0, bytes.length));
        const header = parsePesHeader(bytes, 0, bytes.length);
        if (typeof header !== 'object') return;
        assert.ok(header.headerBytes <= Math.min(mostHeaderBytes, bytes.length));
        assert.ok((header.pts ?? 0) < 2 ** 33 && (header.dts ?? 0) < 2 ** 33);
      }),
    );
  });
});
