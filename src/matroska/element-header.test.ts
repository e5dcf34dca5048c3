import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../test/support/hex.js';
import { ByteQueue } from './byte-queue.js';
import { ElementHeader } from './element-header.js';
import { UNKNOWN_SIZE } from './vint.js';

function parse(hex: string): { state: string; id: number; size: number; length: number } {
  const queue = new ByteQueue(0);
  queue.append(fromHex(hex));
  const header = new ElementHeader();
  const state = header.parse(queue);
  return { state, id: header.id, size: header.size, length: header.length };
}

describe('ElementHeader', () => {
  const whole = [
    { hex: 'ec83', id: 0xec, size: 3, length: 2 },
    { hex: '4286 4001', id: 0x4286, size: 1, length: 4 },
    { hex: '2ad7b1 83', id: 0x2ad7b1, size: 3, length: 4 },
    { hex: '18538067 01ffffffffffffff', id: 0x18538067, size: UNKNOWN_SIZE, length: 12 },
    { hex: '1f43b675 ff', id: 0x1f43b675, size: UNKNOWN_SIZE, length: 5 },
    { hex: 'a3 011fffffffffffff', id: 0xa3, size: Number.MAX_SAFE_INTEGER, length: 9 },
  ];
  for (const { hex, id, size, length } of whole) {
    it(`reads ${hex}`, () => assert.deepEqual(parse(hex), { state: 'whole', id, size, length }));
  }

  const invalid = [
    { hex: '0a0a0a', why: 'an ID of more than four bytes' },
    { hex: 'ff81', why: 'the reserved ID' },
    { hex: 'ec00', why: 'a size of more than eight bytes' },
    { hex: 'a3 0120000000000000', why: 'a size beyond 2^53' },
  ];
  for (const { hex, why } of invalid) {
    it(`refuses ${why}`, () => assert.equal(parse(hex).state, 'invalid'));
  }

  it('asks for more as long as the header is not whole', () => {
    const hex = '1f43b675014000000000000a';
    for (let digits = 0; digits < hex.length; digits += 2) {
      assert.equal(parse(hex.slice(0, digits)).state, 'partial', `${digits / 2} bytes`);
    }
  });

  it('reads a header whose bytes come one by one, and one ahead of the front', () => {
    const queue = new ByteQueue(0);
    for (const byte of fromHex('ec80 1f43b675 4123')) queue.append(new Uint8Array([byte]));
    const header = new ElementHeader();
    assert.equal(header.parse(queue, 2), 'whole');
    assert.deepEqual([header.id, header.size, header.total], [0x1f43b675, 0x123, 0x129]);
    assert.equal(queue.offset, 0);
  });
});
