import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvariantError, LimitExceededError, MalformedMediaError } from '../errors.js';
import { BitReader } from './bit-reader.js';
import { ByteCursor } from './cursor.js';
import { ByteWriter } from './byte-writer.js';
import { checkLimit } from './limits.js';

describe('ByteCursor and ByteWriter', () => {
  it('agree on every field, in network order', () => {
    const writer = new ByteWriter(41);
    writer.u8(0xfe);
    writer.u16(0xfedc);
    writer.u24(0xfedcba);
    writer.u32(0xfedcba98);
    writer.i16(-2);
    writer.i32(-3);
    writer.u64(2 ** 53 - 1);
    writer.ascii('moof');
    writer.bytes(Uint8Array.of(1, 2, 3));
    writer.zeros(10);
    const bytes = writer.finish();
    assert.equal(
      Array.from(bytes.subarray(0, 10), (b) => b.toString(16)).join(' '),
      'fe fe dc fe dc ba fe dc ba 98',
    );

    const cursor = new ByteCursor(bytes, 'test');
    assert.equal(cursor.u8(), 0xfe);
    assert.equal(cursor.u16(), 0xfedc);
    assert.equal(cursor.u24(), 0xfedcba);
    assert.equal(cursor.u32(), 0xfedcba98);
    assert.equal(cursor.i16(), -2);
    assert.equal(cursor.i32(), -3);
    assert.equal(cursor.u64(), 2 ** 53 - 1);
    assert.equal(String.fromCharCode(...cursor.view(4)), 'moof');
    cursor.skip(3);
    assert.equal(cursor.remaining, 10);
  });

  it('refuse to read or write past the end, and to finish early', () => {
    const cursor = new ByteCursor(new Uint8Array(3), 'avcC', 100);
    cursor.skip(2);
    assert.throws(
      () => cursor.u16(),
      (error) =>
        error instanceof MalformedMediaError &&
        error.context.offset === 102 &&
        error.message.includes('avcC'),
    );
    assert.throws(() => cursor.view(-1), MalformedMediaError);
    assert.throws(() => new ByteCursor(new Uint8Array(8).fill(0xff), 'x').u64(), MalformedMediaError);
    const writer = new ByteWriter(2);
    writer.u8(1);
    assert.throws(() => writer.finish(), InvariantError);
    assert.throws(() => writer.u16(1), InvariantError);
  });
});

describe('BitReader', () => {
  it('reads fields of any width as the written number', () => {
    const field = fc
      .integer({ min: 1, max: 32 })
      .chain((width) =>
        fc.record({ width: fc.constant(width), value: fc.integer({ min: 0, max: 2 ** width - 1 }) }),
      );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 40 }), (fields) => {
        const bits = fields.map(({ width, value }) => value.toString(2).padStart(width, '0')).join('');
        const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
        const bytes = Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
        const reader = new BitReader(bytes, 'test');
        for (const { width, value } of fields) assert.equal(reader.bits(width), value);
      }),
    );
  });

  it('reads Exp-Golomb codes as ITU-T H.264 table 9-2 and 9-3 list them', () => {
    // 1 010 011 00100 00101 00110 00111 0001000
    const bytes = Uint8Array.of(0b10100110, 0b01000010, 0b10011000, 0b11100010, 0b00000000);
    const unsigned = new BitReader(bytes, 'test');
    assert.deepEqual(
      Array.from({ length: 8 }, () => unsigned.ue()),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
    const signed = new BitReader(bytes, 'test');
    assert.deepEqual(
      Array.from({ length: 7 }, () => signed.se() + 0),
      [0, 1, -1, 2, -2, 3, -3],
    );
  });

  it('refuses a code that never ends and a read past the end', () => {
    assert.throws(() => new BitReader(new Uint8Array(8), 'SPS').ue(), MalformedMediaError);
    assert.throws(() => new BitReader(new Uint8Array(1), 'SPS').bits(9), MalformedMediaError);
    assert.throws(() => new BitReader(new Uint8Array(1), 'SPS').skip(9), MalformedMediaError);
    assert.throws(() => new BitReader(new Uint8Array(5), 'SPS').skip(64), MalformedMediaError);
    assert.throws(() => new BitReader(new Uint8Array(0), 'SPS').ue(), MalformedMediaError);
  });
});

describe('checkLimit', () => {
  it('lets the cap itself pass and names what is above it', () => {
    checkLimit('number of tracks', 64, 64);
    assert.throws(
      () => checkLimit('number of tracks', 65, 64, { offset: 7 }),
      (error) =>
        error instanceof LimitExceededError && error.context.offset === 7 && error.message.includes('65'),
    );
  });
});
