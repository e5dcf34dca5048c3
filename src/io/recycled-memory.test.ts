import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openFile } from './file.js';
import { RecycledMemory, withMemory } from './recycled-memory.js';

describe('RecycledMemory', () => {
  it('gives memory again only when all of it lies before the released offset', () => {
    const memory = new RecycledMemory();
    memory.begin();
    const chunk = memory.take(100);
    memory.lend(chunk, 1000);
    memory.releaseBefore(1099);
    assert.notEqual(memory.take(100), chunk);
    memory.releaseBefore(1100);
    assert.equal(memory.take(100), chunk);
    assert.notEqual(memory.take(100), chunk);
  });

  it('never gives again what was lent before it began, or taken and not lent, or of another size', () => {
    const memory = new RecycledMemory();
    const early = memory.take(100);
    memory.lend(early, 0);
    memory.begin();
    const abandoned = memory.take(100);
    const other = memory.take(99);
    memory.lend(other, 100);
    memory.releaseBefore(Infinity);
    const next = memory.take(100);
    assert.equal([early, abandoned].includes(next), false);
    assert.equal(next.length, 100);
  });

  it('keeps chunks in use while nothing is released', () => {
    const memory = new RecycledMemory();
    memory.begin();
    const chunks = Array.from({ length: 40 }, (_, i) => {
      const chunk = memory.take(10);
      memory.lend(chunk, i * 10);
      return chunk;
    });
    assert.equal(new Set(chunks).size, 40);
    memory.releaseBefore(-Infinity);
    assert.equal(chunks.includes(memory.take(10)), false);
  });

  it('lets a file be read in a few chunks of memory', async () => {
    const bytes = Uint8Array.from({ length: 20_000_001 }, (_, index) => (index * 31 + (index >> 8)) & 0xff);
    const folder = await mkdtemp(join(tmpdir(), 'segmint-io-'));
    try {
      const path = join(folder, 'a.bin');
      await writeFile(path, bytes);
      const memory = new RecycledMemory();
      memory.begin();
      await using source = withMemory(await openFile(path), memory);
      const buffers = new Map<ArrayBufferLike, number>();
      let offset = 0;
      for await (const chunk of source.stream(0)) {
        assert.deepEqual(chunk, bytes.subarray(offset, offset + chunk.length));
        buffers.set(chunk.buffer, chunk.length);
        offset += chunk.length;
        memory.releaseBefore(offset);
      }
      assert.equal(offset, bytes.length);
      // Two of the full size, one being read and one being used, and those of the smaller reads at the ends.
      assert.equal(
        [...buffers.values()].filter((length) => length === Math.max(...buffers.values())).length,
        2,
      );
      assert.deepEqual(await source.read(7, 3), bytes.subarray(7, 10));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
