import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { divideChunks } from './chunk-lists.js';

describe('divideChunks', () => {
  it('gives just the bytes of the range, in lists of bounded size, without copying', async () => {
    const sizes = fc.array(fc.oneof(fc.nat(10), fc.nat(1_500_000)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(2_500_000),
        async (lengths, at, most) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          const whole = Uint8Array.from({ length: total }, (_, index) => index % 251);
          let offset = 0;
          const chunks = lengths.map((length) => whole.subarray(offset, (offset += length)));
          const start = Math.floor(at * total);
          const end = Math.min(total, start + most);
          const sent: Uint8Array[] = [];
          for await (const list of divideChunks(chunks, { start, end })) {
            const bytes = list.reduce((sum, chunk) => sum + chunk.byteLength, 0);
            assert.ok(bytes > 0 && bytes <= 1024 * 1024);
            assert.ok(list.every((chunk) => chunk.byteLength > 0 && chunk.buffer === whole.buffer));
            sent.push(...list);
          }
          assert.ok(Buffer.concat(sent).equals(whole.subarray(start, end)));
        },
      ),
      { numRuns: 25 },
    );
  });
});
