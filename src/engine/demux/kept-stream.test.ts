import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SourceError } from '../../errors.js';
import { openIterable } from '../../io/iterable.js';
import { KeptStream } from './kept-stream.js';

const PIECES = [1, 2, 3, 4, 5].map((value) => new Uint8Array(10).fill(value));

/** A stream, and how many of its pieces were asked for. */
class Pieces {
  asked = 0;
  isLeft = false;
  readonly kept: KeptStream;

  constructor(mostBytes?: number) {
    this.kept = new KeptStream(openIterable(this.#pieces()), mostBytes);
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of PIECES) {
        this.asked += 1;
        yield await Promise.resolve(piece);
      }
    } finally {
      this.isLeft = true;
    }
  }
}

const forever = (): AbortSignal => new AbortController().signal;

/** Reads so many pieces, and then no more, or all. */
async function read(kept: KeptStream, most = Infinity): Promise<number[]> {
  const values: number[] = [];
  for await (const piece of kept.read(forever())) {
    values.push(piece[0]!);
    if (values.length >= most) break;
  }
  return values;
}

describe('a stream of which the beginning is kept', () => {
  it('is read from its beginning again until it is forgotten, and asked for nothing twice', async () => {
    const pieces = new Pieces();
    await using kept = pieces.kept;
    assert.deepEqual(await read(kept, 3), [1, 2, 3]);
    assert.equal(pieces.asked, 3);
    assert.deepEqual(await read(kept, 1), [1]);
    assert.equal(pieces.asked, 3);
    const rest = read(kept);
    kept.forget();
    assert.deepEqual(await rest, [1, 2, 3, 4, 5]);
    assert.equal(pieces.asked, 5);
    assert.equal(kept.isWhole, false);
    await assert.rejects(read(kept), SourceError);
  });

  it('is forgotten while it is read', async () => {
    const { kept } = new Pieces();
    const values: number[] = [];
    for await (const piece of kept.read(forever())) {
      values.push(piece[0]!);
      if (values.length === 2) kept.forget();
    }
    assert.deepEqual(values, [1, 2, 3, 4, 5]);
  });

  it('is kept up to a size', async () => {
    const { kept } = new Pieces(25);
    assert.deepEqual(await read(kept, 2), [1, 2]);
    assert.equal(kept.isWhole, true);
    assert.deepEqual(await read(kept), [1, 2, 3, 4, 5]);
    assert.equal(kept.isWhole, false);
  });

  it('gives a new reader what the one before it waits for', async () => {
    let give: ((piece: Uint8Array) => void) | undefined;
    const stream = (async function* (): AsyncGenerator<Uint8Array> {
      yield await new Promise<Uint8Array>((resolve) => (give = resolve));
    })();
    await using kept = new KeptStream(openIterable(stream));
    const leaving = new AbortController();
    const first = kept.read(leaving.signal).next();
    const second = kept.read(forever()).next();
    leaving.abort(new SourceError('gone'));
    await assert.rejects(first, /gone/);
    give!(PIECES[0]!);
    assert.deepEqual(await second, { done: false, value: PIECES[0] });
  });

  it('fails for every reader where the source failed, behind what was kept', async () => {
    const stream = (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(PIECES[0]!);
      throw new SourceError('The line is dead.');
    })();
    await using kept = new KeptStream(openIterable(stream));
    await assert.rejects(read(kept), /line is dead/);
    assert.deepEqual(await read(kept, 1), [1]);
    await assert.rejects(read(kept), /line is dead/);
  });

  it('leaves the source with its last reader, and when it is disposed of', async () => {
    const forgotten = new Pieces();
    forgotten.kept.forget();
    assert.deepEqual(await read(forgotten.kept, 1), [1]);
    assert.equal(forgotten.isLeft, true);
    const disposed = new Pieces();
    assert.deepEqual(await read(disposed.kept, 1), [1]);
    assert.equal(disposed.isLeft, false);
    await disposed.kept[Symbol.asyncDispose]();
    assert.equal(disposed.isLeft, true);
    await assert.rejects(read(disposed.kept), SourceError);
  });
});
