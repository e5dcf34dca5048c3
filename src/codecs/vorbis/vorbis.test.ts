import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { MalformedMediaError } from '../../errors.js';
import { parseVorbisHeaders } from './headers.js';
import { createVorbisMeasure } from './packet-duration.js';

/** Packs fields from the least significant bit on, as Vorbis does. */
function pack(fields: readonly (readonly [value: number, bits: number])[]): number[] {
  const bits = fields.flatMap(([value, count]) =>
    Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** i) % 2),
  );
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    bits.slice(byte * 8, byte * 8 + 8).reduce((sum, bit, i) => sum + bit * 2 ** i, 0),
  );
}

/** A setup header with every structure once, written from the Vorbis I specification, section 4.2.4. */
const setup = [
  ...fromHex('05766f72626973'),
  ...pack([
    [2, 8], // three codebooks
    ...([
      [0x564342, 24],
      [1, 16],
      [2, 24],
      [0, 1],
      [0, 1],
      [0, 5],
      [0, 5],
      [0, 4],
    ] as const), // plain, no lookup
    ...([
      [0x564342, 24],
      [2, 16],
      [9, 24],
      [1, 1],
      [0, 5],
      [4, 4],
      [5, 3],
      [1, 4],
    ] as const), // ordered, lookup 1
    ...([
      [0, 32],
      [0, 32],
      [3, 4],
      [0, 1],
      [0, 12],
    ] as const), // three values of four bits
    ...([
      [0x564342, 24],
      [2, 16],
      [3, 24],
      [0, 1],
      [1, 1],
      [1, 1],
      [0, 5],
      [0, 1],
      [1, 1],
      [0, 5],
      [2, 4],
    ] as const),
    ...([
      [0, 32],
      [0, 32],
      [1, 4],
      [0, 1],
      [0, 12],
    ] as const), // sparse, lookup 2: six values of two bits
    ...([
      [0, 6],
      [0, 16],
    ] as const), // time domain transform
    ...([
      [1, 6],
      [1, 16],
      [2, 5],
      [0, 4],
      [1, 4],
    ] as const), // two floors; the first of type 1 with two partitions
    ...([
      [2, 3],
      [1, 2],
      [0, 8],
      [0, 8],
      [0, 8],
      [0, 3],
      [0, 2],
      [0, 8],
    ] as const), // its two classes
    ...([
      [0, 2],
      [7, 4],
      [0, 21],
      [0, 7],
    ] as const), // multiplier, range bits, three values and one
    ...([
      [0, 16],
      [0, 8],
      [0, 16],
      [0, 16],
      [0, 6],
      [0, 8],
      [1, 4],
      [0, 16],
    ] as const), // floor of type 0
    ...([
      [0, 6],
      [2, 16],
      [0, 24],
      [0, 24],
      [0, 24],
      [1, 6],
      [0, 8],
    ] as const), // residue, two classifications
    ...([
      [5, 3],
      [1, 1],
      [3, 5],
      [0, 3],
      [0, 1],
      [0, 32],
    ] as const), // cascades of four books and none
    ...([
      [0, 6],
      [0, 16],
      [1, 1],
      [1, 4],
      [1, 1],
      [0, 8],
      [0, 1],
      [1, 1],
      [0, 2],
      [0, 4],
      [0, 4],
      [0, 32],
      [0, 16],
    ] as const),
    [1, 6], // two modes
    ...([
      [0, 1],
      [0, 32],
      [0, 8],
    ] as const),
    ...([
      [1, 1],
      [0, 32],
      [0, 8],
    ] as const),
    [1, 1], // framing
  ]),
];
const identification = fromHex('01766f72626973 00000000 02 80bb0000 00000000 8038010000000000 b8 01');
const codecPrivate = Uint8Array.of(
  2,
  identification.length,
  7,
  ...identification,
  ...fromHex('03766f72626973'),
  ...setup,
);

describe('parseVorbisHeaders', () => {
  it('reads rate, block sizes and the modes at the end of the setup header', () => {
    assert.deepEqual(parseVorbisHeaders(codecPrivate), {
      channels: 2,
      sampleRate: 48000,
      shortBlock: 256,
      longBlock: 2048,
      isLongMode: [false, true],
    });
  });

  it('refuses headers that are cut off anywhere', () => {
    for (let length = 0; length < codecPrivate.length - 1; length++) {
      assert.throws(
        () => parseVorbisHeaders(codecPrivate.subarray(0, length)),
        MalformedMediaError,
        `${length} bytes`,
      );
    }
  });
});

describe('createVorbisMeasure', () => {
  it('measures what libvorbis encoded', () => {
    // First bytes of six packets of libvorbis at 48 kHz, blocks of 256 and 2048, two modes; ffprobe gives the sixth and
    // those between a duration of 1024 samples, the second 576 and the first, for which the packet before is assumed
    // to be short, 128.
    const measure = createVorbisMeasure(parseVorbisHeaders(codecPrivate));
    const packets = ['5ce32b59', '9a08de0e', 'be08de2a', 'be08deaa', 'be08deaa', 'de08be28'];
    assert.deepEqual(
      packets.map((packet) => measure(fromHex(packet))),
      [128, 576, 1024, 1024, 1024, 1024],
    );
  });

  it('does not measure headers', () => {
    const measure = createVorbisMeasure(parseVorbisHeaders(codecPrivate));
    assert.equal(measure(fromHex('01766f72626973')), undefined);
    assert.equal(measure(new Uint8Array(0)), undefined);
  });
});
