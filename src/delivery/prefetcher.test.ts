import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Prefetcher, type Watched, type Wish } from './prefetcher.js';

const request: Watched = {
  viewer: 'anna',
  source: 'film',
  type: 'video',
  rendition: 'v1-h264',
  number: 0,
  count: 100,
  depth: 2,
};

/** A prefetcher whose orders are in the hands of a test. */
class Scene {
  nowMs = 0;
  /** What is on order, such as `v1-h264/3`. */
  readonly pending = new Map<string, { wish: Wish; settle: () => void }>();
  /** All that was ordered since it was last asked. */
  ordered: string[] = [];
  /** What there is already. */
  readonly present = new Set<string>();
  readonly prefetcher: Prefetcher;

  constructor(maxWishes = 64) {
    this.prefetcher = new Prefetcher({ lifetimeMs: 1000, maxWishes, now: () => this.nowMs });
  }

  /** @returns what was ordered for the request. */
  follow(changes: Partial<Watched>): string[] {
    const watched = { ...request, ...changes };
    this.ordered = [];
    this.prefetcher.follow(watched, (wish) => {
      const name = `${watched.rendition}/${wish.number}`;
      if (this.present.has(name)) return undefined;
      this.ordered.push(name);
      return new Promise<void>((resolve, reject) => {
        this.pending.set(name, { wish, settle: resolve });
        wish.signal.addEventListener('abort', () => reject(wish.signal.reason as Error));
      }).finally(() => this.pending.delete(name));
    });
    return this.ordered;
  }

  async onOrder(): Promise<string[]> {
    await new Promise(setImmediate);
    return [...this.pending.keys()];
  }
}

describe('the prefetcher', () => {
  it('orders the next segments of the same rendition, each once, up to the last', async () => {
    const scene = new Scene();
    assert.deepEqual(scene.follow({ number: 0 }), ['v1-h264/1', 'v1-h264/2']);
    assert.deepEqual(scene.follow({ number: 0 }), [], 'asked again');
    assert.deepEqual(scene.follow({ number: 1 }), ['v1-h264/3']);
    assert.deepEqual(await scene.onOrder(), ['v1-h264/2', 'v1-h264/3'], 'the player waits for 1 by itself');
    for (const { settle } of scene.pending.values()) settle();
    assert.deepEqual(await scene.onOrder(), []);
    assert.deepEqual(scene.follow({ number: 2 }), ['v1-h264/4'], 'what was made is not made again');
    assert.deepEqual(scene.follow({ number: 98 }), ['v1-h264/99']);
    assert.deepEqual(scene.follow({ number: 99 }), []);
  });

  it('orders nothing that is there or being made', () => {
    const scene = new Scene();
    scene.present.add('v1-h264/1');
    assert.deepEqual(scene.follow({ number: 0 }), ['v1-h264/2']);
    assert.equal(scene.prefetcher.size, 1);
  });

  const leavings: readonly { title: string; then: Partial<Watched>; left: string[] }[] = [
    { title: 'a seek forward', then: { number: 50 }, left: ['v1-h264/51', 'v1-h264/52'] },
    { title: 'a seek back', then: { number: 2 }, left: ['v1-h264/3', 'v1-h264/4'] },
    {
      title: 'another rendition',
      then: { number: 10, rendition: 'v1-h264-480' },
      left: ['v1-h264-480/11', 'v1-h264-480/12'],
    },
    { title: 'requests out of order', then: { number: 9 }, left: ['v1-h264/11', 'v1-h264/12'] },
    {
      title: 'its own audio',
      then: { number: 10, type: 'audio', rendition: 'a2-aac', depth: 1 },
      left: ['v1-h264/11', 'v1-h264/12', 'a2-aac/11'],
    },
    {
      title: 'another viewer',
      then: { number: 20, viewer: 'bert' },
      left: ['v1-h264/11', 'v1-h264/12', 'v1-h264/21', 'v1-h264/22'],
    },
  ];
  for (const { title, then, left } of leavings) {
    it(`keeps on order after ${title} what is of use`, async () => {
      const scene = new Scene();
      scene.follow({ number: 10 });
      scene.follow(then);
      assert.deepEqual(await scene.onOrder(), left);
      assert.equal(scene.prefetcher.size, left.length);
    });
  }

  it('drops what a player that has stopped has on order, and not before', async () => {
    const scene = new Scene();
    scene.follow({ number: 10 });
    const { wish } = scene.pending.get('v1-h264/11')!;
    assert.equal(wish.expiresAt, 1000);
    scene.nowMs = 1000;
    scene.follow({ number: 20, viewer: 'bert' });
    assert.equal((await scene.onOrder()).length, 4);
    scene.nowMs = 1001;
    scene.follow({ number: 21, viewer: 'bert' });
    assert.deepEqual(await scene.onOrder(), ['v1-h264/22', 'v1-h264/23']);
  });

  it('drops what would have followed a request that was given up, unless another one was made since', async () => {
    const scene = new Scene();
    scene.follow({ number: 10 });
    scene.follow({ number: 40 });
    scene.prefetcher.leave({ ...request, number: 10 });
    assert.deepEqual(await scene.onOrder(), ['v1-h264/41', 'v1-h264/42']);
    scene.prefetcher.leave({ ...request, number: 40 });
    assert.deepEqual(await scene.onOrder(), []);
  });

  it('drops what has to give way, and does not order it again', async () => {
    const scene = new Scene();
    scene.follow({ number: 10 });
    scene.pending.get('v1-h264/11')!.wish.demand.giveWay();
    assert.deepEqual(await scene.onOrder(), ['v1-h264/12']);
    assert.deepEqual(scene.follow({ number: 10 }), []);
  });

  it('has no more on order than it may', async () => {
    const scene = new Scene(3);
    scene.follow({ number: 0 });
    assert.deepEqual(scene.follow({ viewer: 'bert', number: 50 }), ['v1-h264/51']);
    scene.follow({ number: 90 });
    await scene.onOrder();
    assert.equal(scene.prefetcher.size, 1);
    assert.deepEqual(scene.follow({ viewer: 'carl', number: 30 }), ['v1-h264/31', 'v1-h264/32']);
  });
});
