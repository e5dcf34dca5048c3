import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import { parseDtsCoreFrame } from './core-frame.js';
import { parseDtsExtensionSubstream } from './extension-substream.js';

/** Sixteen header bytes of FFmpeg's encoder, 5.1 at 48 kHz; ffprobe gives its packets 512 samples. */
const core = fromHex('7ffe8001fc3c75b276c005380009ef7b');

const swap = (bytes: Uint8Array): Uint8Array => bytes.map((_, i) => bytes[i ^ 1]!);

/** The same bits, 14 in each word. */
function spread(bytes: Uint8Array): Uint8Array {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  // Words of 14 bits are sign-extended: the syncword becomes 1fff e800.
  const words = (bits.match(/.{14}/g) ?? []).map((word) => parseInt(word, 2));
  return Uint8Array.from(words.flatMap((word) => [(word & 0x2000 ? 0xc0 : 0) | (word >> 8), word & 0xff]));
}

describe('parseDtsCoreFrame', () => {
  it('reads all four forms of the same header', () => {
    const fourteen = spread(Uint8Array.of(...core, 0, 0));
    for (const frame of [core, swap(core), fourteen, swap(fourteen)]) {
      assert.deepEqual(parseDtsCoreFrame(frame), { sampleRate: 48000, samples: 512 });
    }
  });

  it('finds no frame without a syncword, or in fewer bytes', () => {
    assert.equal(parseDtsCoreFrame(fromHex('00000000fc3c75b276c005380009ef7b')), undefined);
    assert.equal(parseDtsCoreFrame(core.subarray(0, 10)), undefined);
  });
});

describe('parseDtsExtensionSubstream', () => {
  it('reads the duration of a stream without a core', () => {
    // ETSI TS 102 114, 7.4.1: sync, user bits, index 0, short header (8 and 16 bits), static fields, 48 kHz clock,
    // duration code 3.
    const bits = '00000000' + '00' + '0' + '00001111' + '0000000011111111' + '1' + '10' + '011';
    const tail = (bits.padEnd(64, '0').match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
    const frame = Uint8Array.of(...fromHex('64582025'), ...tail);
    assert.deepEqual(parseDtsExtensionSubstream(frame), { sampleRate: 48000, samples: 2048 });
  });

  it('finds none elsewhere', () => {
    assert.equal(parseDtsExtensionSubstream(core), undefined);
  });
});
