import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '../errors.js';
import { BitReader } from './bit-reader.js';
import { BitWriter } from './bit-writer.js';

describe('BitWriter', () => {
  it('writes what BitReader reads', () => {
    const field = fc
      .integer({ min: 1, max: 32 })
      .chain((width) => fc.tuple(fc.integer({ min: 0, max: 2 ** width - 1 }), fc.constant(width)));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
        const writer = new BitWriter(Math.ceil(fields.reduce((sum, [, width]) => sum + width, 0) / 8));
        for (const [value, width] of fields) writer.bits(value, width);
        const reader = new BitReader(writer.finish(), 'test');
        for (const [value, width] of fields) assert.equal(reader.bits(width), value);
      }),
    );
  });

  it('puts the first field into the highest bits', () => {
    const writer = new BitWriter(1);
    writer.bits(0b101, 3);
    assert.deepEqual(writer.finish(), Uint8Array.of(0b10100000));
  });

  it('notices a size that is wrong', () => {
    assert.throws(() => new BitWriter(1).bits(0, 9), InvariantError);
    assert.throws(() => new BitWriter(1).finish(), InvariantError);
  });
});
