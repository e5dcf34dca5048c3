import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { audioTrack } from '../../../test/support/tracks.js';
import { configureAudio } from '../audio.js';
import { parseEac3AccessUnit } from './access-unit.js';
import { eac3Samples } from './dec3.js';
import { parseEac3SyncFrame } from './sync-frame.js';

// First bytes of frames of FFmpeg 5.1.9's encoder, with the dec3 that its muxer writes.
const encoded = [
  {
    name: '5.1, 448 kbit/s',
    frame: '0b77037f3f87c00020f820000200400004001fcc7e0107e1',
    dec3: '0e00200f00',
    channels: 6,
  },
  {
    name: 'stereo, 96 kbit/s',
    frame: '0b7700bf3487c00020fc210830c00006060601818186cfdf',
    dec3: '0300200400',
    channels: 2,
  },
];

/** A frame of `size` bytes whose header is the given fields, each a value and a number of bits. */
function frame(size: number, fields: readonly (readonly [value: number, bits: number])[]): Uint8Array {
  const bits = fields.map(([value, count]) => value.toString(2).padStart(count, '0')).join('');
  const bytes = new Uint8Array(size);
  for (let i = 0; i * 8 < bits.length; i++)
    bytes[i] = parseInt(bits.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2);
  return bytes;
}

interface Shape {
  readonly type: number;
  readonly id: number;
  readonly size: number;
  readonly blocksCode: number;
  readonly acmod: number;
  readonly lfe: number;
}

/** ETSI TS 102 366, E.1.2.2, up to compre, at 48 kHz. */
function head(shape: Shape): (readonly [number, number])[] {
  return [
    [0x0b77, 16],
    [shape.type, 2],
    [shape.id, 3],
    [shape.size / 2 - 1, 11],
    [0, 2],
    [shape.blocksCode, 2],
    [shape.acmod, 3],
    [shape.lfe, 1],
    [16, 5],
    [31, 5],
    [0, 1],
  ];
}
const independent: Shape = { type: 0, id: 0, size: 768, blocksCode: 3, acmod: 7, lfe: 1 };
const dependent: Shape = { type: 1, id: 0, size: 384, blocksCode: 3, acmod: 2, lfe: 0 };
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

function declare(sample: Uint8Array): { dec3: string; channels: number } {
  const configuration = configureAudio(audioTrack('eac3'), sample)!;
  assert.ok(configuration.decoder.kind === 'box');
  assert.equal(configuration.codecString, 'ec-3');
  return { dec3: toHex(configuration.decoder.payload), channels: configuration.channels };
}

describe('E-AC-3', () => {
  for (const { name, frame: bytes, dec3, channels } of encoded) {
    it(`is declared: ${name}`, () => {
      assert.deepEqual(declare(fromHex(bytes)), { dec3, channels });
    });
  }

  it('counts the channels of dependent substreams: 7.1 with Lrs and Rrs', () => {
    // No mixing or informational metadata, no convsync for six blocks, no addbsi.
    const base = frame(768, [...head(independent), [0, 1], [0, 1], [0, 1]]);
    // chanmape, chanmap with bit 6 from the left (Lrs/Rrs pair).
    const extra = frame(384, [...head(dependent), [1, 1], [0x0200, 16], [0, 3]]);
    // 288 kbit/s in 13 bits, one program; 5.1; one dependent substream whose chan_loc has bit 1 set.
    assert.deepEqual(declare(join(base, extra)), { dec3: '0900200f0202', channels: 8 });
  });

  it('declares Dolby Atmos with its complexity index', () => {
    // addbsie, addbsil 1 (two bytes), flag_ec3_extension_type_a, complexity_index_type_a 16.
    const sample = frame(768, [...head(independent), [0, 1], [0, 1], [1, 1], [1, 6], [1, 8], [16, 8]]);
    assert.deepEqual(declare(sample), { dec3: '0600200f000110', channels: 6 });
  });

  it('finds what follows mixing and informational metadata', () => {
    const mixing: (readonly [number, number])[] = [
      [1, 1], // mixmdate
      [0, 2], // dmixmod
      [0, 12], // centre and surround mix levels
      [1, 1], // lfemixlevcode
      [0, 5],
      [1, 1], // pgmscle
      [0, 6],
      [0, 1], // extpgmscle
      [3, 2], // mixdef: of its own length
      [1, 5],
      [0, 24],
      [1, 1], // frmmixcfginfoe: six blocks
      [0b100000, 6],
      [0, 5],
    ];
    // The block flags are interleaved with their values: the first is set, so five bits follow it.
    mixing.splice(-2, 2, [1, 1], [0, 5], [0, 5]);
    const information: (readonly [number, number])[] = [
      [1, 1],
      [5, 3],
      [0, 2],
      [0, 2],
      [0, 1],
      [0, 1],
    ];
    const sample = frame(768, [
      ...head(independent),
      ...mixing,
      ...information,
      [1, 1],
      [1, 6],
      [1, 8],
      [12, 8],
    ]);
    const parsed = parseEac3SyncFrame(sample);
    assert.deepEqual([parsed.bsmod, parsed.jocComplexity], [5, 12]);
  });

  it('adds up short frames of one access unit', () => {
    const short: Shape = { ...independent, size: 256, blocksCode: 1 };
    const one = frame(256, [...head(short), [0, 1], [0, 1], [0, 1], [0, 1]]);
    const frames = parseEac3AccessUnit(join(one, one, one));
    assert.equal(eac3Samples(frames), 3 * 2 * 256);
    // 256 bytes for 512 samples are 192 kbit/s; it stays one program.
    assert.equal(declare(join(one, one, one)).dec3, '0600200f00');
  });
});
