import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeSegmentedMedia, FakeSource, untilAborted } from '../../test/support/fake-segmented-media.js';
import { testScheduler } from '../../test/support/scheduler.js';
import { EngineError, UnsupportedMediaError } from '../errors.js';
import type { Source } from '../media/source.js';
import { MediaShelf, type MediaShelfLimits, type MediaSubject } from './media-shelf.js';

/** A shelf whose sources and media are counted. */
class Scene {
  readonly sources: FakeSource[] = [];
  readonly media: FakeSegmentedMedia[] = [];
  open: (source: Source, signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  readonly shelf: MediaShelf;

  constructor(limits: Partial<MediaShelfLimits> = {}) {
    this.shelf = new MediaShelf(
      async (source, { signal }) => {
        await this.open(source, signal);
        const media = new FakeSegmentedMedia('0123456789ab');
        this.media.push(media);
        return media;
      },
      { maxOpen: 2, idleMs: 60_000, ...limits },
      testScheduler(4, 64),
    );
  }

  subject(name: string, identity: () => string | undefined = () => name): MediaSubject {
    return {
      name,
      open: async () => {
        const source = new FakeSource(identity());
        this.sources.push(source);
        return source;
      },
    };
  }

  get openSources(): number {
    return this.sources.filter(({ closings }) => closings === 0).length;
  }

  get openMedia(): number {
    return this.media.filter(({ closings }) => closings === 0).length;
  }
}

describe('the shelf of open media', () => {
  it('opens a media once for all who ask at the same time, and keeps it', async () => {
    const scene = new Scene();
    const film = scene.subject('film');
    const loans = await Promise.all([1, 2, 3].map(() => scene.shelf.borrow(film)));
    for (const loan of loans) loan[Symbol.dispose]();
    using later = await scene.shelf.borrow(film);
    assert.equal(scene.media.length, 1);
    assert.equal(scene.openSources, 1, 'the sources that were only asked who they are, are closed');
    assert.equal(later.media, loans[0]!.media);
    await scene.shelf[Symbol.asyncDispose]();
    assert.equal(scene.openSources, 0);
    assert.deepEqual(
      scene.media.map(({ closings }) => closings),
      [1],
    );
  });

  it('closes those that were not used the longest, and none that is in use', async () => {
    const scene = new Scene({ maxOpen: 2 });
    const first = await scene.shelf.borrow(scene.subject('first'));
    for (const name of ['second', 'third', 'fourth']) {
      using loan = await scene.shelf.borrow(scene.subject(name));
      assert.ok(loan.media);
    }
    await new Promise(setImmediate);
    assert.deepEqual(
      scene.media.map(({ closings }) => closings),
      [0, 1, 1, 0],
    );
    const second = first.share();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    using fifth = await scene.shelf.borrow(scene.subject('fifth'));
    using sixth = await scene.shelf.borrow(scene.subject('sixth'));
    assert.equal(scene.media[0]!.closings, 0, 'lent once more');
    second[Symbol.dispose]();
    await new Promise(setImmediate);
    assert.equal(scene.media[0]!.closings, 1, 'three are one too many');
    assert.equal(fifth.media === sixth.media, false);
    await scene.shelf[Symbol.asyncDispose]();
  });

  it('closes what nobody uses for a while', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const scene = new Scene({ idleMs: 1000 });
    const film = scene.subject('film');
    const loan = await scene.shelf.borrow(film);
    t.mock.timers.tick(5000);
    assert.equal(scene.openMedia, 1, 'in use');
    loan[Symbol.dispose]();
    t.mock.timers.tick(999);
    (await scene.shelf.borrow(film))[Symbol.dispose]();
    t.mock.timers.tick(999);
    assert.equal(scene.openMedia, 1, 'used again');
    t.mock.timers.tick(1);
    assert.equal(scene.openMedia, 0);
    using again = await scene.shelf.borrow(film);
    assert.equal(again.media, scene.media[1]);
    await scene.shelf[Symbol.asyncDispose]();
    assert.equal(scene.openSources, 0);
  });

  it('opens a source that has changed anew, and closes what it was when it is given back', async () => {
    const scene = new Scene();
    let identity = 'as it was';
    const film = scene.subject('film', () => identity);
    const old = await scene.shelf.borrow(film);
    assert.equal(await old.isCurrent(), true);
    identity = 'as it is';
    assert.equal(await old.isCurrent(), false);
    using current = await scene.shelf.borrow(film);
    assert.notEqual(current.media, old.media);
    assert.equal(scene.media[0]!.closings, 0);
    old[Symbol.dispose]();
    await new Promise(setImmediate);
    assert.equal(scene.media[0]!.closings, 1);
    assert.equal(scene.openSources, 1);
    await scene.shelf[Symbol.asyncDispose]();
  });

  it('shares nothing of a source that cannot tell what it is', async () => {
    const scene = new Scene();
    const film = scene.subject('film', () => undefined);
    const [one, two] = await Promise.all([scene.shelf.borrow(film), scene.shelf.borrow(film)]);
    assert.notEqual(one.media, two.media);
    one[Symbol.dispose]();
    await new Promise(setImmediate);
    assert.deepEqual([scene.openMedia, scene.openSources], [1, 1]);
    await scene.shelf[Symbol.asyncDispose]();
    assert.deepEqual([scene.openMedia, scene.openSources], [0, 0]);
  });

  it('closes the source of what cannot be opened, and keeps no failure', async () => {
    const scene = new Scene();
    const failure = new UnsupportedMediaError('no index');
    scene.open = async () => {
      throw failure;
    };
    for (const identity of ['film', undefined]) {
      await assert.rejects(scene.shelf.borrow(scene.subject('film', () => identity)), failure);
    }
    assert.deepEqual([scene.sources.length, scene.openSources], [2, 0]);
    scene.open = async () => {};
    using loan = await scene.shelf.borrow(scene.subject('film'));
    assert.ok(loan.media);
    await scene.shelf[Symbol.asyncDispose]();
  });

  it('ends an opening when the last one who waits for it leaves, or the shelf ends', async () => {
    const scene = new Scene();
    scene.open = (_, signal) => untilAborted(signal);
    const leaving = new EngineError('left');
    for (const identity of ['film', undefined]) {
      const leave = new AbortController();
      const borrowing = scene.shelf.borrow(
        scene.subject('film', () => identity),
        leave.signal,
      );
      await new Promise(setImmediate);
      leave.abort(leaving);
      await assert.rejects(borrowing, leaving);
    }
    await new Promise(setImmediate);
    assert.equal(scene.openSources, 0);
    const borrowing = scene.shelf.borrow(scene.subject('film'));
    borrowing.catch(() => undefined);
    await new Promise(setImmediate);
    await scene.shelf[Symbol.asyncDispose]();
    await assert.rejects(borrowing, /shutting down/);
    await assert.rejects(scene.shelf.borrow(scene.subject('film')), /shutting down/);
    assert.equal(scene.openSources, 0);
  });
});
