import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { borrowFrom, keepIn, type SegmentStore } from '../../src/delivery/segment-store.js';

/** Bytes that tell which object they are of, and how long. */
export function objectOf(key: string, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (key.length * 31 + (key.codePointAt(0) ?? 7) + i * 7) & 255);
}

/**
 * Checks what holds of every store: what it gives is whole and right, or it gives nothing.
 * @param open - gives a store that is empty, of at least 64 KiB; closed here.
 */
export async function checkStoreContract(open: () => Promise<SegmentStore>): Promise<void> {
  await using store = await open();
  assert.equal(await store.get('absent'), undefined);

  const large = objectOf('a', 3000);
  const chunks = [large.slice(0, 1), new Uint8Array(), large.slice(1, 2000), large.slice(2000)];
  await store.put('a', chunks);
  for (const chunk of chunks) chunk.fill(0);
  assert.deepEqual(Uint8Array.from((await store.get('a'))!), large, 'copied, and in order');
  await store.put('a', [large]);
  await store.put('nothing', []);
  assert.equal((await store.get('nothing'))?.byteLength, 0);
  for (const key of ['../../a', 'a/b', '\0', 'é'.repeat(300), '']) {
    await store.put(key, [objectOf(key, 10)]);
    assert.deepEqual(Uint8Array.from((await store.get(key))!), objectOf(key, 10), key);
  }

  // Each into memory that the last one may have had, and read when two more have come.
  const reading: { readonly key: string; readonly length: number; readonly chunks: readonly Uint8Array[] }[] =
    [];
  for (const [i, length] of [6000, 40_000, 7000, 60_000, 33_000, 8000, 45_000].entries()) {
    const key = `lent ${i}`;
    const copy = await keepIn(store, key, [objectOf(key, length)]);
    copy?.giveBack();
    const lent = await borrowFrom(store, key, {});
    if (lent === undefined) continue;
    assert.equal(lent.byteLength, length);
    reading.push({ key, length, chunks: lent.chunks });
    for (const { key, length, chunks } of reading.slice(-3))
      assert.deepEqual(Buffer.concat(chunks), Buffer.from(objectOf(key, length)), key);
  }

  const gone = AbortSignal.abort(new RangeError('left'));
  await store.get('a', { signal: gone }).catch((error: unknown) => assert.equal(error, gone.reason));

  const step = fc.record({
    put: fc.boolean(),
    key: fc.constantFrom('k', 'l', 'm', 'n', 'o'),
    more: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      await Promise.all(
        steps.map(async ({ put, key, more }) => {
          const length = 1000 + more * 2000;
          // A key never has other bytes: its length is part of it.
          if (put) await store.put(`${key}${length}`, [objectOf(key, length)]);
          const object = await store.get(`${key}${length}`);
          if (object !== undefined) assert.deepEqual(Uint8Array.from(object), objectOf(key, length));
        }),
      );
    }),
    { numRuns: 20 },
  );
}
