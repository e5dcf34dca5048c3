import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeSegmentedMedia, FakeSource, untilAborted } from '../../test/support/fake-segmented-media.js';
import { testScheduler } from '../../test/support/scheduler.js';
import { EngineError } from '../errors.js';
import type { DeliveredSegment } from './delivery-record.js';
import { HeldBytes } from './held-bytes.js';
import type { MediaSubject } from './media-shelf.js';
import { MemorySegmentStore } from './memory-segment-store.js';
import type { SegmentStore } from './segment-store.js';
import { SegmentService } from './segment-service.js';

const VIDEO = 'v1-0123456789ab';
const AUDIO = 'a2-aac-0123456789ab';
const film: MediaSubject = { name: 'film', open: async () => new FakeSource('film') };

function textOf({ chunks }: DeliveredSegment): string {
  return chunks.map((chunk) => new TextDecoder().decode(chunk)).join('');
}

function serviceOf(
  media: FakeSegmentedMedia,
  store: SegmentStore = new MemorySegmentStore(1 << 20),
  onStoreError?: (error: unknown) => void,
  scheduler = testScheduler(2, 10),
  prefetch = true,
): SegmentService {
  return new SegmentService({
    open: async () => media,
    store,
    shelf: { maxOpen: 4, idleMs: 60_000 },
    scheduler,
    prefetch,
    ...(onStoreError && { onStoreError }),
  });
}

/** Lets everything happen that waits for nothing. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

describe('the service of segments', () => {
  it('makes a segment once, and says how each came about', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    await using service = serviceOf(media);
    using loan = await service.borrow(film);
    const both = await Promise.all([service.segment(loan, VIDEO, 1), service.segment(loan, VIDEO, 1)]);
    const later = await service.segment(loan, VIDEO, 1);
    assert.deepEqual([...both, later].map(textOf), [`${VIDEO}/1`, `${VIDEO}/1`, `${VIDEO}/1`]);
    assert.deepEqual(
      [...both, later].map(({ record }) => [record.origin, record.isShared, record.bytes]),
      [
        ['made', false, 17],
        ['made', true, 17],
        ['store', false, 17],
      ],
    );
    assert.deepEqual(media.made, [`${VIDEO}/1`]);
  });

  it('goes on for those who still wait when the one who began has left and given the media back', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    let release: () => void = () => undefined;
    media.beforeSegment = () => new Promise((resolve) => (release = resolve));
    const service = serviceOf(media);
    const leave = new AbortController();
    const leaving = new EngineError('left');
    const first = await service.borrow(film);
    const left = service.segment(first, VIDEO, 0, leave.signal);
    const second = await service.borrow(film);
    const stayed = service.segment(second, VIDEO, 0);
    leave.abort(leaving);
    await assert.rejects(left, leaving);
    first[Symbol.dispose]();
    release();
    assert.equal(textOf(await stayed), `${VIDEO}/0`);
    second[Symbol.dispose]();
    await service[Symbol.asyncDispose]();
    assert.equal(media.closings, 1);
  });

  it('keeps apart what other sources have under the same name', async () => {
    const store = new MemorySegmentStore(1 << 20);
    const media = new FakeSegmentedMedia('0123456789ab');
    await using service = serviceOf(media, store);
    const other: MediaSubject = { name: 'other', open: async () => new FakeSource('other') };
    for (const subject of [film, other]) {
      using loan = await service.borrow(subject);
      assert.equal((await service.segment(loan, VIDEO, 'init')).record.origin, 'made');
    }
  });

  it('serves on when the store fails, and tells of it', async () => {
    const failure = new EngineError('the disk is full');
    const broken: SegmentStore = {
      get: () => Promise.reject(failure),
      put: () => Promise.reject(failure),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const errors: unknown[] = [];
    await using service = serviceOf(new FakeSegmentedMedia('0123456789ab'), broken, (error) =>
      errors.push(error),
    );
    using loan = await service.borrow(film);
    assert.equal(textOf(await service.segment(loan, VIDEO, 2)), `${VIDEO}/2`);
    assert.deepEqual(errors, [failure, failure]);
  });

  it('keeps nothing of a making that was cancelled', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    media.beforeSegment = untilAborted;
    const store = new MemorySegmentStore(1 << 20);
    await using service = serviceOf(media, store);
    using loan = await service.borrow(film);
    const leave = new AbortController();
    const making = service.segment(loan, VIDEO, 0, leave.signal);
    leave.abort(new EngineError('left'));
    await assert.rejects(making, /left/);
    await new Promise(setImmediate);
    assert.equal(store.size, 0);
  });

  it('refuses numbers that no segment has', async () => {
    await using service = serviceOf(new FakeSegmentedMedia('0123456789ab'));
    using loan = await service.borrow(film);
    for (const number of [3, -1, 0.5, NaN, Infinity]) {
      await assert.rejects(service.segment(loan, VIDEO, number), {
        code: 'bad_request',
        reason: 'not_found',
      });
    }
  });

  it('makes the next segments of what is encoded before the player asks, and says when that was of use', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    await using service = serviceOf(media);
    using loan = await service.borrow(film, undefined, 'anna');
    assert.equal((await service.segment(loan, AUDIO, 0)).record.isPrefetched, false);
    await untilIdle();
    assert.deepEqual(media.made, [`${AUDIO}/0`, `${AUDIO}/1`, `${AUDIO}/2`]);
    for (const isPrefetched of [true, false]) {
      const { record } = await service.segment(loan, AUDIO, 1);
      assert.deepEqual([record.origin, record.isPrefetched], ['store', isPrefetched]);
    }
    assert.deepEqual(service.prefetchStats, { begun: 2, used: 1 });
    assert.equal(media.made.length, 3);
  });

  it('makes nothing ahead where it is told that nothing is kept', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    const store = new MemorySegmentStore(0);
    await using service = serviceOf(media, store, undefined, testScheduler(2, 10), false);
    using loan = await service.borrow(film, undefined, 'anna');
    await service.segment(loan, AUDIO, 0);
    await untilIdle();
    assert.deepEqual(media.made, [`${AUDIO}/0`]);
  });

  it('copies nothing ahead that lies on this machine, and what is remote as little as one', async () => {
    for (const [isLocal, made] of [
      [true, [`${VIDEO}/0`]],
      [false, [`${VIDEO}/0`, `${VIDEO}/1`]],
    ] as const) {
      const media = new FakeSegmentedMedia('0123456789ab');
      await using service = serviceOf(media);
      const source = Object.assign(new FakeSource('film'), { isLocal });
      using loan = await service.borrow({ name: 'film', open: async () => source }, undefined, 'anna');
      await service.segment(loan, VIDEO, 0);
      await untilIdle();
      assert.deepEqual(media.made, made);
    }
  });

  it('lets a player join what is being made ahead, and cancels it when the player leaves', async () => {
    const media = new FakeSegmentedMedia('0123456789ab');
    await using service = serviceOf(media, undefined, undefined, testScheduler(1, 10));
    using loan = await service.borrow(film, undefined, 'anna');
    const signals: AbortSignal[] = [];
    media.beforeSegment = async (signal) => {
      if (media.made.at(-1) === `${AUDIO}/0`) return;
      signals.push(signal!);
      await untilAborted(signal);
    };
    await service.segment(loan, AUDIO, 0);
    const leave = new AbortController();
    const joined = service.segment(loan, AUDIO, 1, leave.signal);
    joined.catch(() => undefined);
    await untilIdle();
    assert.equal(signals.length, 1);
    leave.abort(new EngineError('left'));
    await assert.rejects(joined, /left/);
    await untilIdle();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true],
      'and nothing more is made ahead for it',
    );
  });

  it('makes no more while clients hold as much as they may', async () => {
    const memory = new HeldBytes(17 + 17);
    await using service = serviceOf(
      new FakeSegmentedMedia('0123456789ab'),
      new MemorySegmentStore(0),
      undefined,
      testScheduler(2, 10, { memory }),
    );
    using loan = await service.borrow(film);
    const [held, other] = [await service.segment(loan, VIDEO, 0), await service.segment(loan, VIDEO, 1)];
    assert.equal(memory.total, 34);
    await assert.rejects(service.segment(loan, VIDEO, 2), { code: 'overloaded' });
    held[Symbol.dispose]();
    other[Symbol.dispose]();
    await untilIdle();
    (await service.segment(loan, VIDEO, 2))[Symbol.dispose]();
    await untilIdle();
    assert.equal(memory.total, 0);
  });

  it('lets what waits for another server hold up nothing that lies on this machine', async () => {
    const silent = Object.assign(new FakeSource('far'), { isLocal: false });
    const slow = new FakeSegmentedMedia('0123456789ab');
    slow.beforeSegment = untilAborted;
    const scheduler = testScheduler(2, 10);
    await using service = new SegmentService({
      open: async (source, { signal }) => {
        if (source.identity?.startsWith('silent') === true) await untilAborted(signal);
        return source.isLocal === true ? new FakeSegmentedMedia('0123456789ab') : slow;
      },
      store: new MemorySegmentStore(1 << 20),
      shelf: { maxOpen: 4, idleMs: 60_000 },
      scheduler,
    });
    const leave = new AbortController();
    const subjectOf = (identity: string): MediaSubject => ({
      name: identity,
      open: async () => Object.assign(new FakeSource(identity), { isLocal: false }),
    });
    using far = await service.borrow({ name: 'far', open: async () => silent });
    const waiting = [
      ...[0, 1].map((number) => service.segment(far, VIDEO, number, leave.signal)),
      ...[1, 2, 3, 4].map((each) => service.borrow(subjectOf(`silent ${each}`), leave.signal)),
    ];
    await untilIdle();
    assert.equal(scheduler.stats.fetch.running, 2);
    using loan = await service.borrow(film);
    assert.equal(textOf(await service.segment(loan, VIDEO, 0)), `${VIDEO}/0`);
    leave.abort(new EngineError('left'));
    for (const one of waiting) await assert.rejects(one, /left/);
  });
});
