import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import { statedGops } from './x264-options.js';

const UUID = 'dc45e9bde6d948b7962cd820d923eeef';

/** The message as x264 writes it before its first picture, with its options shortened. */
function sampleWith(options: string, uuid = UUID): Uint8Array {
  const text = `x264 - core 164 r3108 31e19f9 - H.264/MPEG-4 AVC codec - options: ${options}`;
  const payload = [...Buffer.from(uuid, 'hex'), ...Buffer.from(text), 0];
  const size = [...new Array<number>(Math.floor(payload.length / 255)).fill(0xff), payload.length % 255];
  const sei = [0x06, 5, ...size, ...payload, 0x80];
  const lengthOf = (unit: readonly number[]): number[] => [0, 0, unit.length >> 8, unit.length & 0xff];
  const idr = [0x65, 0x88, 0x84, 0x00, 0x10];
  return new Uint8Array([...lengthOf(sei), ...sei, ...lengthOf(idr), ...idr]);
}

describe('statedGops', () => {
  const cases: readonly { name: string; sample: Uint8Array; expected: 'closed' | 'open' | undefined }[] = [
    {
      name: 'closed',
      sample: sampleWith('cabac=1 open_gop=0 weightp=2 intra_refresh=0 rc=crf'),
      expected: 'closed',
    },
    {
      name: 'open',
      sample: sampleWith('cabac=1 open_gop=1 weightp=2 intra_refresh=0 rc=crf'),
      expected: 'open',
    },
    {
      name: 'refreshed',
      sample: sampleWith('cabac=1 open_gop=0 weightp=2 intra_refresh=1 rc=crf'),
      expected: 'open',
    },
    { name: 'of an old x264', sample: sampleWith('cabac=1 keyint=250 rc=crf'), expected: undefined },
    {
      name: 'of another encoder',
      sample: sampleWith(' open_gop=0 intra_refresh=0 ', '00'.repeat(16)),
      expected: undefined,
    },
    {
      name: 'cut off',
      sample: sampleWith(' open_gop=0 intra_refresh=0 ').subarray(0, 30),
      expected: undefined,
    },
    { name: 'empty', sample: new Uint8Array(0), expected: undefined },
  ];
  for (const { name, sample, expected } of cases) {
    it(`is ${expected} for a stream that is ${name}`, () => assert.equal(statedGops(sample, 4), expected));
  }
});
