import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SourceError } from '../errors.js';
import { openBytes } from '../io/bytes-source.js';
import { ChunkStore } from '../io/chunk-store.js';
import { ConnectionError } from '../io/http-errors.js';
import type { Source } from '../media/source.js';
import type { MediaSubject } from './media-shelf.js';
import { SourceShelf, type SourceShelfLimits } from './source-shelf.js';

/** A remote file whose openings and closings are counted. */
class Remote implements MediaSubject {
  readonly name: string;
  identity: string | undefined = 'v1';
  seekable = true;
  opened = 0;
  closed = 0;
  /** Fails the next opening. */
  obstacle: Error | undefined;
  /** Fails reads. */
  damage: Error | undefined;

  constructor(name = 'film') {
    this.name = name;
  }

  open(): Promise<Source> {
    const { obstacle, identity, seekable } = this;
    this.obstacle = undefined;
    if (obstacle !== undefined) return Promise.reject(obstacle);
    this.opened++;
    const bytes = openBytes(new TextEncoder().encode(`bytes of ${identity}`));
    return Promise.resolve({
      name: this.name,
      size: bytes.size,
      seekable,
      identity,
      stream: (offset, options) => {
        if (this.damage !== undefined) throw this.damage;
        return bytes.stream(offset, options);
      },
      read: (offset, length) => bytes.read(offset, length),
      [Symbol.asyncDispose]: () => {
        this.closed++;
        return Promise.resolve();
      },
    });
  }
}

function shelfWith(limits: Partial<SourceShelfLimits> = {}): SourceShelf {
  return new SourceShelf({ maxOpen: 2, idleMs: 60_000, freshMs: 60_000, ...limits }, new ChunkStore(1000));
}

const textOf = async (source: Source): Promise<string> => new TextDecoder().decode(await source.read(0, 100));

describe('the shelf of remote sources', () => {
  it('opens a source once for all, and keeps it between requests', async () => {
    const remote = new Remote();
    const shelf = shelfWith();
    const loans = await Promise.all([1, 2, 3].map(() => shelf.borrow(remote)));
    for (const loan of loans) await loan[Symbol.asyncDispose]();
    await using later = await shelf.borrow(remote);
    assert.equal(await textOf(later), 'bytes of v1');
    assert.equal(remote.opened, 1);
    await assert.rejects(loans[0]!.read(0, 1), SourceError, 'one that was given back');
    await shelf[Symbol.asyncDispose]();
    assert.equal(remote.closed, 1);
  });

  it('asks again after a while, keeps what is the same, and gives what has changed to the next', async () => {
    const remote = new Remote();
    const shelf = shelfWith({ freshMs: 0 });
    await using first = await shelf.borrow(remote);
    await using second = await shelf.borrow(remote);
    assert.deepEqual([remote.opened, remote.closed], [2, 1], 'the second was only asked who it is');
    remote.identity = 'v2';
    await using third = await shelf.borrow(remote);
    assert.deepEqual(
      [first, second, third].map(({ identity }) => identity),
      ['v1', 'v1', 'v2'],
    );
    assert.equal(await textOf(first), 'bytes of v1', 'who has begun with one state stays with it');
    assert.equal(await textOf(third), 'bytes of v2');
    await shelf[Symbol.asyncDispose]();
    assert.equal(remote.closed, remote.opened);
  });

  it('asks again at once when reading has failed', async () => {
    const remote = new Remote();
    const shelf = shelfWith();
    const first = await shelf.borrow(remote);
    remote.damage = new SourceError('film changed while it was read.');
    remote.identity = 'v2';
    await assert.rejects(first.read(0, 1), /changed/);
    await first[Symbol.asyncDispose]();
    remote.damage = undefined;
    await using next = await shelf.borrow(remote);
    assert.equal(await textOf(next), 'bytes of v2');
    assert.equal(remote.closed, 1, 'the state that is gone is closed');
    await shelf[Symbol.asyncDispose]();
  });

  it('keeps what it has while the server cannot be reached, and not when the source is gone', async () => {
    const remote = new Remote();
    const shelf = shelfWith({ freshMs: 0 });
    await (await shelf.borrow(remote))[Symbol.asyncDispose]();
    remote.obstacle = new ConnectionError('The connection was lost.');
    await (await shelf.borrow(remote))[Symbol.asyncDispose]();
    assert.equal(remote.opened, 1);
    remote.obstacle = new SourceError('It is not there.', { context: { status: 404 } });
    await assert.rejects(shelf.borrow(remote), /not there/);
    assert.equal(remote.closed, 1);
    await shelf[Symbol.asyncDispose]();
  });

  it('leaves a server alone that wants to be, and gives what is known of the source meanwhile', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let nowMs = 0;
    t.mock.method(performance, 'now', () => nowMs);
    const busy = new SourceError('It is busy.', { context: { status: 429, retryAfterMs: 120_000 } });
    const shelf = shelfWith({ freshMs: 0 });
    const known = new Remote('known');
    await (await shelf.borrow(known))[Symbol.asyncDispose]();
    nowMs += 1000;
    known.obstacle = busy;
    await using loan = await shelf.borrow(known);
    assert.equal(await textOf(loan), 'bytes of v1');
    known.identity = 'v2';
    nowMs += 119_999;
    await using again = await shelf.borrow(known);
    assert.deepEqual([known.opened, again.identity], [1, 'v1'], 'it was not asked');
    nowMs += 1;
    await using later = await shelf.borrow(known);
    assert.deepEqual([known.opened, later.identity], [2, 'v2']);

    const unknown = new Remote('unknown');
    unknown.obstacle = busy;
    await assert.rejects(shelf.borrow(unknown), busy);
    nowMs += 100_000;
    await assert.rejects(
      shelf.borrow(unknown),
      (error: SourceError) => error.context['retryAfterMs'] === 20_000 && error.context['status'] === 429,
    );
    assert.equal(unknown.opened, 0);
    nowMs += 20_000;
    await (await shelf.borrow(unknown))[Symbol.asyncDispose]();
    assert.equal(unknown.opened, 1);
    await shelf[Symbol.asyncDispose]();
  });

  it('lends a source again whose server wanted to be left alone when a part was read', async () => {
    const remote = new Remote();
    const shelf = shelfWith();
    await using first = await shelf.borrow(remote);
    remote.damage = new SourceError('It is busy.', { context: { status: 503, retryAfterMs: 3_600_000 } });
    await assert.rejects(first.read(0, 1), /busy/);
    remote.damage = undefined;
    remote.obstacle = new SourceError('It was asked.');
    await using next = await shelf.borrow(remote);
    assert.equal(await textOf(next), 'bytes of v1');
    await shelf[Symbol.asyncDispose]();
  });

  it('shares nothing that can be read once only', async () => {
    const remote = new Remote();
    remote.seekable = false;
    const shelf = shelfWith();
    const loans = await Promise.all([shelf.borrow(remote), shelf.borrow(remote)]);
    assert.equal(remote.opened, 2);
    for (const loan of loans) await loan[Symbol.asyncDispose]();
    assert.equal(remote.closed, 2);
    await shelf[Symbol.asyncDispose]();
  });

  it('keeps no more open than it may, and closes what is in use when it is closed itself', async () => {
    const remotes = ['a', 'b', 'c'].map((name) => new Remote(name));
    const shelf = shelfWith();
    for (const remote of remotes) {
      await (await shelf.borrow(remote))[Symbol.asyncDispose]();
    }
    assert.deepEqual(
      remotes.map(({ closed }) => closed),
      [1, 0, 0],
    );
    await shelf.borrow(remotes[1]!);
    await shelf[Symbol.asyncDispose]();
    assert.deepEqual(
      remotes.map(({ closed }) => closed),
      [1, 1, 1],
    );
  });
});
