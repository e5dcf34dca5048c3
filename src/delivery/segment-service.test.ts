import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeSegmentedMedia, FakeSource, untilAborted } from '../../test/support/fake-segmented-media.js';
import { testScheduler } from '../../test/support/scheduler.js';
import { EngineError } from '../errors.js';
import type { DeliveredSegment } from './delivery-record.js';
import type { MediaSubject } from './media-shelf.js';
import { MemorySegmentStore } from './memory-segment-store.js';
import type { SegmentStore } from './segment-store.js';
import { SegmentService } from './segment-service.js';

const VIDEO = 'v1-0123456789ab';
const film: MediaSubject = { name: 'film', open: async () => new FakeSource('film') };

function textOf({ chunks }: DeliveredSegment): string {
  return chunks.map((chunk) => new TextDecoder().decode(chunk)).join('');
}

function serviceOf(
  media: FakeSegmentedMedia,
  store: SegmentStore = new MemorySegmentStore(1 << 20),
  onStoreError?: (error: unknown) => void,
): SegmentService {
  return new SegmentService({
    open: async () => media,
    store,
    shelf: { maxOpen: 4, idleMs: 60_000 },
    scheduler: testScheduler(2, 10),
    ...(onStoreError && { onStoreError }),
  });
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
});
