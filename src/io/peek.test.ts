import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBytes } from './bytes-source.js';
import { openIterable } from './iterable.js';
import { peek } from './peek.js';
import type { Source } from '../media/source.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

function pieces(sizes: number): Source {
  const give = async function* () {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += sizes) yield bytes.subarray(at, at + sizes);
  };
  return openIterable(give());
}

async function readAll(source: Source): Promise<Uint8Array> {
  const chunks: number[] = [];
  for await (const chunk of source.stream(0)) chunks.push(...chunk);
  return Uint8Array.from(chunks);
}

describe('peek', () => {
  for (const size of [1, 7, 16, 600]) {
    it(`shows the first bytes of a stream in pieces of ${size}, and hands on all of it`, async () => {
      const { head, source } = await peek(pieces(size), 16);
      assert.deepEqual(head, bytes.subarray(0, 16));
      assert.deepEqual(await readAll(source), bytes);
    });
  }

  it('shows less where there is less', async () => {
    const { head, source } = await peek(pieces(100), 5000);
    assert.deepEqual(head, bytes);
    assert.deepEqual(await readAll(source), bytes);
  });

  it('reads a local source as it is', async () => {
    const local = openBytes(bytes);
    const { head, source } = await peek(local, 16);
    assert.deepEqual(head, bytes.subarray(0, 16));
    assert.equal(source, local);
  });

  it('ends what was begun when it is given up, and with the source', async () => {
    for (const way of ['discard', 'close'] as const) {
      let isEnded = false;
      const give = async function* () {
        try {
          for (;;) {
            await Promise.resolve();
            yield bytes;
          }
        } finally {
          isEnded = true;
        }
      };
      const peeked = await peek(openIterable(give()), 16);
      if (way === 'discard') await peeked.discard();
      else await peeked.source[Symbol.asyncDispose]();
      assert.ok(isEnded, way);
    }
  });

  it('ends with its signal', async () => {
    const never = async function* () {
      await new Promise(() => undefined);
      yield bytes;
    };
    const reason = new Error('enough');
    await assert.rejects(peek(openIterable(never()), 16, AbortSignal.abort(reason)), reason);
  });
});
