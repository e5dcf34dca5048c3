import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { SourceError } from '../errors.js';
import type { Source } from '../media/source.js';
import { openIterable } from './iterable.js';

async function drain(source: Source, signal?: AbortSignal): Promise<number> {
  let size = 0;
  for await (const chunk of source.stream(0, { signal })) size += chunk.length;
  return size;
}

/** An iterable that yields one chunk and then never again. */
function stalling(): { iterable: AsyncIterable<Uint8Array>; returned: () => boolean } {
  let returned = false;
  let first = true;
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => {
      if (!first) return new Promise(() => undefined);
      first = false;
      return Promise.resolve({ done: false, value: new Uint8Array(3) });
    },
    return: () => {
      returned = true;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return { iterable: { [Symbol.asyncIterator]: () => iterator }, returned: () => returned };
}

describe('openIterable', () => {
  it('ends a stalled read when its signal aborts, and closes the iterator', async () => {
    const { iterable, returned } = stalling();
    await using source = openIterable(iterable);
    const abort = new AbortController();
    const reason = new Error('enough');
    const reading = drain(source, abort.signal);
    setImmediate(() => abort.abort(reason));
    await assert.rejects(reading, reason);
    assert.equal(returned(), true);
  });

  it('ends a stalled read when it is closed', async () => {
    const { iterable, returned } = stalling();
    const source = openIterable(iterable);
    const reading = drain(source);
    setImmediate(() => void source[Symbol.asyncDispose]());
    await assert.rejects(reading, SourceError);
    assert.equal(returned(), true);
  });

  it('destroys a stalled Node stream', async () => {
    const stream = new PassThrough();
    await using source = openIterable(stream);
    const abort = new AbortController();
    const reading = drain(source, abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal(stream.destroyed, true);
  });

  it('cancels a stalled web stream', async () => {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      cancel: () => {
        cancelled = true;
      },
    });
    await using source = openIterable(stream);
    const abort = new AbortController();
    const reading = drain(source, abort.signal);
    setImmediate(() => abort.abort());
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal(cancelled, true);
  });

  it('closes an iterable that was never read', async () => {
    const stream = new PassThrough();
    await openIterable(stream)[Symbol.asyncDispose]();
    assert.equal(stream.destroyed, true);
  });

  it('reports a failure with its cause', async () => {
    const cause = new Error('disk on fire');
    // eslint-disable-next-line require-yield -- it fails before its first chunk.
    const failing = (async function* (): AsyncGenerator<Uint8Array> {
      throw cause;
    })();
    await using source = openIterable(failing, { name: 'upload' });
    await assert.rejects(
      drain(source),
      (error) => error instanceof SourceError && error.cause === cause && error.message.includes('upload'),
    );
  });

  it('holds a stated size against what comes', async () => {
    const two = (): AsyncIterable<Uint8Array> =>
      (async function* () {
        yield new Uint8Array(2);
        yield new Uint8Array(0);
      })();
    assert.equal(await drain(openIterable(two(), { size: 2 })), 2);
    await assert.rejects(drain(openIterable(two(), { size: 3 })), /only 2 bytes and not 3/);
    await assert.rejects(drain(openIterable(two(), { size: 1 })), /at least 2 bytes and not 1/);
  });

  it('refuses what is not bytes', async () => {
    const text = (async function* () {
      yield 'text';
    })();
    await assert.rejects(
      drain(openIterable(text as unknown as AsyncIterable<Uint8Array>)),
      /else than bytes/,
    );
  });
});
