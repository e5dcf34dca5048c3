import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { LimitExceededError, MalformedMediaError } from '../errors.js';
import { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

function first(data: Uint8Array): ElementCursor {
  const cursor = new ElementCursor(data, 1000, 'Test');
  assert.equal(cursor.next(), true);
  return cursor;
}

describe('ElementCursor', () => {
  it('walks over children and reads their values', () => {
    const data = ebml.bytes(
      ebml.uint(ID.TrackNumber, 300),
      ebml.int(ID.DiscardPadding, -6_500_000),
      ebml.float(ID.Duration, 1.5),
      ebml.float(ID.LuminanceMax, 0.25, 4),
      ebml.text(ID.Name, 'Bild\0\0'),
    );
    const cursor = first(data);
    assert.equal(cursor.uint(), 300);
    cursor.next();
    assert.equal(cursor.int(), -6_500_000);
    cursor.next();
    assert.equal(cursor.float(), 1.5);
    cursor.next();
    assert.equal(cursor.float(), 0.25);
    cursor.next();
    assert.equal(cursor.text(), 'Bild');
    assert.equal(cursor.dataOffset, 1000 + data.length - 6);
    assert.equal(cursor.next(), false);
  });

  it('reads elements without data as their defaults', () => {
    const cursor = first(ebml.element(ID.FlagDefault));
    assert.equal(cursor.uint(1), 1);
    assert.equal(cursor.int(), 0);
    assert.equal(cursor.float(), 0);
    assert.equal(cursor.text(), '');
  });

  const signed = [
    { hex: '75a2 81 ff', value: -1 },
    { hex: '75a2 82 8000', value: -32768 },
    { hex: '75a2 88 ffffffffffffffff', value: -1 },
    { hex: '75a2 83 7fffff', value: 8388607 },
  ];
  for (const { hex, value } of signed) {
    it(`reads the signed integer ${hex} as ${value}`, () => assert.equal(first(fromHex(hex)).int(), value));
  }

  const faults: { why: string; hex: string; read: (cursor: ElementCursor) => unknown }[] = [
    { why: 'an integer of nine bytes', hex: 'd7 89 000000000000000001', read: (c) => c.uint() },
    { why: 'an integer beyond 2^53', hex: 'd7 88 0020000000000000', read: (c) => c.uint() },
    { why: 'a signed integer beyond 2^53', hex: 'd7 88 8000000000000000', read: (c) => c.int() },
    { why: 'a float of five bytes', hex: '4489 85 0000000000', read: (c) => c.float() },
  ];
  for (const { why, hex, read } of faults) {
    it(`refuses ${why}, and says where`, () => {
      const cursor = first(fromHex(hex));
      assert.throws(
        () => read(cursor),
        (error: unknown) => error instanceof MalformedMediaError && Number(error.context.offset) >= 1000,
      );
    });
  }

  const broken = ['00', 'd7', 'd700', '4d', 'd782 01', 'd7ff', '1a45dfa3', '0a0a0a0a0a'];
  for (const hex of broken) {
    it(`refuses ${hex} as a child`, () => {
      assert.throws(() => new ElementCursor(fromHex(hex), 0, 'Test').next(), MalformedMediaError);
    });
  }

  it('refuses a text above its cap and nesting without end', () => {
    const long = new ElementCursor(ebml.element(ID.Name, new Uint8Array(LIMITS.textBytes + 1)), 0, 'Test');
    long.next();
    assert.throws(() => long.text(), LimitExceededError);
    let nested = ebml.element(ID.ChapterAtom);
    for (let i = 0; i < LIMITS.nesting + 1; i++) nested = ebml.element(ID.ChapterAtom, nested);
    assert.throws(() => {
      let cursor = new ElementCursor(nested, 0, 'Test');
      while (cursor.next()) cursor = cursor.master();
    }, LimitExceededError);
  });
});
