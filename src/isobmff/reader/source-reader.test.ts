import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { media } from '../../../test/support/mp4-writer.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import { SourceReader } from './source-reader.js';

describe('SourceReader', () => {
  it('gives the bytes that are asked for, wherever and in whatever chunks', async () => {
    const bytes = media(5000);
    const range = fc.tuple(fc.nat(5100), fc.nat(600));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('stream', 'ranges'),
        fc.integer({ min: 1, max: 900 }),
        fc.array(range, { maxLength: 12 }),
        async (mode, chunkBytes, ranges) => {
          const source = new ScriptedSource(bytes, { chunkBytes });
          const reader = new SourceReader(source, { mode: mode, rangeBytes: 64 });
          for (const [offset, length] of ranges) {
            const isThere = offset + length <= bytes.length;
            const run = await reader.read(offset, length);
            const expected = isThere ? bytes.subarray(offset, offset + length) : undefined;
            if (length > 0) assert.deepEqual(run.view(offset, length), expected);
          }
          await reader.close();
          assert.equal(source.open, 0);
        },
      ),
    );
  });

  it('reads on through a small gap, and asks anew behind a large one', async () => {
    const source = new ScriptedSource(media(4 << 20), { chunkBytes: 64 << 10 });
    const reader = new SourceReader(source, { mode: 'stream' });
    await reader.read(0, 1000);
    await reader.read(200_000, 1000);
    assert.deepEqual([source.opened, source.reads], [[0], 0]);
    await reader.read(2_000_000, 1000);
    assert.deepEqual([source.opened, source.reads, source.open], [[0], 1, 0]);
    for (let at = 2_001_000; at < 2_300_000; at += 10_000) await reader.read(at, 10_000);
    assert.equal(source.opened.length, 2);
    await reader.close();
  });

  it('of a stream gives nothing that has been passed', async () => {
    const reader = new SourceReader(new ScriptedSource(media(1000), { chunkBytes: 100, seekable: false }), {
      mode: 'stream',
    });
    assert.notEqual((await reader.read(500, 100)).view(500, 100), undefined);
    assert.equal((await reader.read(100, 100)).view(100, 100), undefined);
    assert.notEqual((await reader.read(600, 400)).view(600, 400), undefined);
    await reader.close();
  });
});
