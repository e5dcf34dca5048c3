import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { parseIndexRecord, writeIndexRecord, type IndexRecord } from './index-record.js';

const ns = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
const offset = fc.nat({ max: 2 ** 45 });
const plain = { noNullPrototype: true };
const record: fc.Arbitrary<IndexRecord> = fc.record(
  {
    index: fc.record(
      {
        trackId: fc.nat(),
        origin: fc.constantFrom('cues', 'repaired', 'scan'),
        keyframes: fc
          .uniqueArray(
            fc.record({ timeNs: ns, offset, isStartable: fc.constantFrom(undefined, false, true) }, plain),
            {
              selector: ({ timeNs }) => timeNs,
              minLength: 1,
              maxLength: 40,
            },
          )
          .map((keyframes) => keyframes.sort((a, b) => a.timeNs - b.timeNs)),
        trackEndsNs: fc.array(fc.tuple(fc.nat(), ns), { maxLength: 5 }).map((ends) => new Map(ends)),
        faults: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
      },
      plain,
    ),
    stretches: fc.array(fc.record({ offset, shiftNs: ns }, plain), { maxLength: 3 }),
  },
  plain,
);

/** A record with the right checksum, whatever it says. */
function sealed(...numbers: number[]): Uint8Array {
  const sum = crc32(Uint8Array.from(numbers));
  return Uint8Array.from([0x53, 0x47, 0x49, 0x58, 1, sum >>> 24, sum >>> 16, sum >>> 8, sum, ...numbers]);
}

describe('the record of an index', () => {
  it('says again all that it was given', () => {
    fc.assert(
      fc.property(record, (given) => assert.deepEqual(parseIndexRecord(writeIndexRecord(given)!), given)),
    );
  });

  it('is nothing at all when any bit of it is wrong, or any byte missing or added', () => {
    const bit = fc.tuple(record, fc.nat(), fc.nat({ max: 7 }));
    fc.assert(
      fc.property(bit, ([given, at, shift]) => {
        const bytes = writeIndexRecord(given)!;
        const flipped = bytes.slice();
        flipped[at % bytes.length]! ^= 1 << shift;
        assert.equal(parseIndexRecord(flipped), undefined);
        assert.equal(parseIndexRecord(bytes.subarray(0, at % bytes.length)), undefined);
        assert.equal(parseIndexRecord(Uint8Array.from([...bytes, 0])), undefined);
      }),
    );
  });

  it('takes a few bytes for a keyframe', () => {
    const keyframes = Array.from({ length: 3600 }, (_, i) => {
      return { timeNs: i * 2_002_000_000, offset: i * 1_250_000 + (i % 7) * 1000, isStartable: true };
    });
    const index = { trackId: 1, origin: 'scan', keyframes, trackEndsNs: new Map(), faults: [] } as const;
    assert.ok(writeIndexRecord({ index, stretches: [] })!.byteLength < 3600 * 11);
  });

  it('believes no number that a hostile one states, though its checksum is right', () => {
    // Track 1, origin 2, one keyframe at time 1 and offset 1; no ends, stretches and faults.
    assert.ok(parseIndexRecord(sealed(1, 2, 1, 2, 2, 2, 0, 0, 0)));
    for (const numbers of [
      [1, 3, 1, 2, 2, 2, 0, 0, 0],
      [1, 2, 0, 0, 0, 0],
      [1, 2, 1, 2, 1, 2, 0, 0, 0],
      [1, 2, 1, 2, 2, 3, 0, 0, 0],
      [1, 2, 2, 2, 2, 2, 0, 2, 2, 0, 0, 0],
      [1, 2, 255, 255, 255, 255, 255, 255, 255, 15, 2, 2, 2, 0, 0, 0],
      [1, 2, 1, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2, 2, 0, 0, 0],
      [1, 2, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0, 2, 2, 0, 0, 0],
    ]) {
      assert.equal(parseIndexRecord(sealed(...numbers)), undefined, numbers.join(' '));
    }
  });

  it('is not written of what it cannot say', () => {
    const index = { trackId: 1, origin: 'scan', trackEndsNs: new Map(), faults: [] } as const;
    for (const timeNs of [0.5, Infinity, NaN, 2 ** 52]) {
      const keyframes = [{ timeNs, offset: 0, isStartable: true }];
      assert.equal(writeIndexRecord({ index: { ...index, keyframes }, stretches: [] }), undefined);
    }
  });
});
