import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blockBody } from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { LACING, parseLacing } from './lacing.js';

function parse(lacing: number, head: string, frameBytes: number): { start: number; sizes: number[] } {
  const header = fromHex(head);
  const body = new Uint8Array(header.length + frameBytes);
  body.set(header);
  const sizes: number[] = [99];
  const start = parseLacing(body, 0, lacing, sizes);
  return { start, sizes: start < 0 ? [] : sizes };
}

describe('parseLacing', () => {
  it('reads the Xiph example of RFC 9559, section 10.3.1: 800, 500 and 1000 bytes', () => {
    assert.deepEqual(parse(LACING.xiph, '02 ffffff23 fff5', 2300), { start: 7, sizes: [800, 500, 1000] });
  });

  it('reads the EBML example of RFC 9559, section 10.3.2: 800, 500 and 1000 bytes', () => {
    assert.deepEqual(parse(LACING.ebml, '02 4320 5ed3', 2300), { start: 5, sizes: [800, 500, 1000] });
  });

  it('reads the fixed-size example of RFC 9559, section 10.3.3: three frames of 800 bytes', () => {
    assert.deepEqual(parse(LACING.fixed, '02', 2400), { start: 1, sizes: [800, 800, 800] });
  });

  it('reads a lace of one frame', () => {
    for (const lacing of [LACING.xiph, LACING.ebml, LACING.fixed]) {
      assert.deepEqual(parse(lacing, '00', 7), { start: 1, sizes: [7] });
    }
  });

  const lies = [
    { why: 'Xiph sizes larger than the block', lacing: LACING.xiph, head: '01 ff10', bytes: 100 },
    { why: 'Xiph sizes that run past the block', lacing: LACING.xiph, head: '01 ffffff', bytes: 0 },
    { why: 'EBML sizes larger than the block', lacing: LACING.ebml, head: '01 4320', bytes: 799 },
    { why: 'a negative EBML size', lacing: LACING.ebml, head: '02 81 80', bytes: 10 },
    { why: 'an EBML size cut off', lacing: LACING.ebml, head: '01 43', bytes: 0 },
    { why: 'an EBML size of nine bytes', lacing: LACING.ebml, head: '01 00', bytes: 20 },
    { why: 'a block that is no multiple of the count', lacing: LACING.fixed, head: '02', bytes: 100 },
    { why: 'an empty Xiph frame', lacing: LACING.xiph, head: '02 0100', bytes: 9 },
    { why: 'nothing but empty frames', lacing: LACING.fixed, head: 'ff', bytes: 0 },
    { why: 'no count at all', lacing: LACING.xiph, head: '', bytes: 0 },
    { why: 'no lacing', lacing: LACING.none, head: '00', bytes: 4 },
  ];
  for (const { why, lacing, head, bytes } of lies) {
    it(`refuses ${why}`, () => assert.equal(parse(lacing, head, bytes).start, -1));
  }

  it('never throws and never gives sizes that do not fill the block', () => {
    const anyLacing = fc.constantFrom(LACING.xiph, LACING.fixed, LACING.ebml);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), anyLacing, (body, lacing) => {
        const sizes: number[] = [];
        const start = parseLacing(body, 0, lacing, sizes);
        if (start < 0) return;
        assert.equal(
          sizes.reduce((total, size) => total + size, start),
          body.length,
        );
        assert.ok(sizes.length === 1 || sizes.every((size) => size > 0));
      }),
    );
  });

  it('reads back frames of any sizes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.constantFrom<'xiph' | 'ebml'>('xiph', 'ebml'), (wanted, lacing) => {
        const body = blockBody({ lacing, frames: wanted.map((size) => new Uint8Array(size)) });
        const found: number[] = [];
        parseLacing(body, 4, LACING[lacing], found);
        assert.deepEqual(found, wanted);
      }),
    );
  });
});
