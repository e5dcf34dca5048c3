import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { EngineError, OverloadedError } from '../errors.js';
import { Demand } from './demand.js';
import { HeldBytes } from './held-bytes.js';
import { Scheduler, type SchedulerOptions, type WorkKind } from './scheduler.js';

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

interface AskOptions {
  readonly kind?: WorkKind;
  readonly bytes?: number;
  readonly expiresAt?: number;
}

/** A piece of work in the hands of a test. */
interface Piece {
  readonly demand: Demand;
  readonly outcome: Promise<'done' | Error>;
  readonly end: () => void;
  readonly leave: (reason?: Error) => void;
}

/** A scheduler whose clock and work are in the hands of a test. */
class Scene {
  nowMs = 0;
  readonly begun: string[] = [];
  readonly running = new Set<string>();
  readonly memory: HeldBytes;
  readonly scheduler: Scheduler;

  constructor(
    running: number,
    waiting: number,
    options: Partial<SchedulerOptions> & { perViewer?: number; longestWaitMs?: number } = {},
  ) {
    const lane = {
      running,
      waiting,
      waitingPerViewer: options.perViewer,
      expectedMs: 1000,
      longestWaitMs: options.longestWaitMs,
    };
    this.memory = options.memory ?? new HeldBytes(Infinity);
    this.scheduler = new Scheduler({
      limits: { open: lane, copy: lane, fetch: lane, encode: lane },
      now: () => this.nowMs,
      ...options,
      memory: this.memory,
    });
  }

  /** Begins a request of the viewer that a name begins with. */
  ask(name: string, options: AskOptions = {}): Piece {
    const demand = new Demand(name[0]!);
    const wanting = demand.join(name[0]!);
    return this.#run(name, demand, options, () => wanting[Symbol.dispose]());
  }

  /** Has pieces done that take so long, until that is what pieces take. */
  async takeTime(ms: number): Promise<void> {
    for (let n = 0; n < 40; n++) {
      const piece = this.ask('a');
      await settle();
      this.nowMs += ms;
      piece.end();
      await piece.outcome;
    }
  }

  /** Orders something for a viewer before it asks. */
  wish(name: string, options: AskOptions = {}): Piece {
    const demand: Demand = new Demand(name[0]!, () => piece.leave(new EngineError(`${name} gave way`)));
    const piece = this.#run(name, demand, options, () => undefined);
    return piece;
  }

  #run(name: string, demand: Demand, options: AskOptions, onEnd: () => void): Piece {
    const leaving = new AbortController();
    const { signal } = leaving;
    let end: () => void = () => undefined;
    const work = (): Promise<'done'> => {
      this.begun.push(name);
      this.running.add(name);
      return new Promise<'done'>((resolve, reject) => {
        end = () => resolve('done');
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }).finally(() => this.running.delete(name));
    };
    const order = { kind: 'encode', bytes: 0, ...options, demand } as const;
    const outcome = this.scheduler
      .run(order, work, signal)
      .catch((error: unknown) => error as Error)
      .finally(onEnd);
    return {
      demand,
      outcome,
      end: () => end(),
      leave: (reason) => leaving.abort(reason ?? new EngineError('left')),
    };
  }
}

describe('the scheduler', () => {
  it('lets viewers take turns, whoever came with how much', async () => {
    const scene = new Scene(1, 30);
    const pieces = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((name) => scene.ask(name));
    for (const _turn of pieces) {
      await settle();
      for (const piece of pieces) piece.end();
    }
    await Promise.all(pieces.map(({ outcome }) => outcome));
    assert.deepEqual(scene.begun, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('keeps the kinds of work apart', async () => {
    const scene = new Scene(1, 1);
    for (const kind of ['encode', 'copy', 'open'] as const) scene.ask(`a ${kind}`, { kind });
    await settle();
    assert.deepEqual([...scene.running], ['a encode', 'a copy', 'a open']);
  });

  it('refuses at once, and exactly, what it has no room for, and says when to come again', async () => {
    const scene = new Scene(2, 3);
    const pieces = ['a1', 'a2', 'a3', 'b1', 'c1'].map((name) => scene.ask(name));
    const refused = await scene.ask('d1').outcome;
    assert.ok(refused instanceof OverloadedError);
    assert.equal(refused.context['retryAfterSeconds'], 2, 'four pieces of a second each, two at a time');
    await settle();
    assert.deepEqual([...scene.running], ['a1', 'a2'], 'those that run are unharmed');
    pieces[2]!.leave();
    await pieces[2]!.outcome;
    const admitted = scene.ask('d2');
    await settle();
    assert.ok((await scene.ask('e1').outcome) instanceof OverloadedError);
    for (let turn = 0; turn < 4; turn++) {
      for (const piece of [...pieces, admitted]) piece.end();
      await settle();
    }
    assert.equal(await admitted.outcome, 'done');
  });

  it('learns how long work takes, and sends nobody away for longer than half a minute', async () => {
    const scene = new Scene(1, 4);
    const retryAfter = async (): Promise<unknown> => {
      const fillers = ['a', 'b', 'c', 'd', 'e'].map((name) => scene.ask(name));
      const refused = (await scene.ask('f').outcome) as OverloadedError;
      for (const filler of fillers) filler.leave();
      await settle();
      return refused.context['retryAfterSeconds'];
    };
    assert.equal(await retryAfter(), 5);
    await scene.takeTime(3000);
    assert.equal(await retryAfter(), 15);
    await scene.takeTime(10);
    assert.equal(await retryAfter(), 1);
    await scene.takeTime(60_000);
    assert.equal(await retryAfter(), 30);
  });

  for (const { ms, room } of [
    { ms: 10, room: 9 },
    { ms: 1500, room: 6 },
    { ms: 60_000, room: 1 },
  ]) {
    it(`lets ${room} wait where each takes ${ms} ms and nobody is to wait for more than ten seconds`, async () => {
      const scene = new Scene(1, 9, { longestWaitMs: 10_000 });
      await scene.takeTime(ms);
      for (let n = 0; n < 12; n++) scene.ask(`${n}`);
      assert.deepEqual(
        [scene.scheduler.stats.encode.waiting, scene.scheduler.stats.encode.refused],
        [room, 11 - room],
      );
    });
  }

  it('leaves room to wait for other viewers', async () => {
    const scene = new Scene(1, 4, { perViewer: 2 });
    for (const name of ['a1', 'a2', 'a3']) scene.ask(name);
    assert.ok((await scene.ask('a4').outcome) instanceof OverloadedError);
    scene.ask('b1');
    assert.equal(scene.scheduler.stats.encode.waiting, 3);
  });

  it('makes ahead only where nobody waits, and leaves a place free', async () => {
    const scene = new Scene(3, 9);
    const wishes = ['a1', 'a2', 'a3'].map((name) => scene.wish(name));
    await settle();
    assert.deepEqual(scene.begun, ['a1', 'a2']);
    const asked = ['b1', 'b2'].map((name) => scene.ask(name));
    await settle();
    assert.ok((await wishes[1]!.outcome) instanceof EngineError, 'the newest gave way');
    await settle();
    assert.deepEqual([...scene.running], ['a1', 'b1', 'b2']);
    for (const piece of asked) piece.end();
    await settle();
    assert.deepEqual([...scene.running], ['a1', 'a3']);
  });

  it('makes nothing ahead where others use what it does not see, or half of the memory is taken', async () => {
    let hasSpare = false;
    const scene = new Scene(1, 9, { hasSpare: () => hasSpare, memory: new HeldBytes(100) });
    scene.wish('a1');
    await settle();
    assert.deepEqual(scene.begun, []);
    hasSpare = true;
    const held = scene.memory.hold([new Uint8Array(50)], 50);
    scene.wish('b1');
    await settle();
    assert.deepEqual(scene.begun, []);
    held[Symbol.dispose]();
    await settle();
    assert.deepEqual(scene.begun, ['a1']);
  });

  it('raises what a player asks for that was to be made ahead, if there is room', async () => {
    const scene = new Scene(1, 1);
    const first = scene.ask('a1');
    const wish = scene.wish('b1');
    await settle();
    const wanting = wish.demand.join('b');
    assert.equal(scene.scheduler.stats.encode.waiting, 1);
    const other = scene.wish('c1');
    assert.throws(() => other.demand.join('c'), OverloadedError);
    assert.equal(other.demand.isWanted, false);
    wanting[Symbol.dispose]();
    assert.equal(scene.scheduler.stats.encode.waitingAhead, 2, 'nobody waits for it any more');
    wish.demand.join('b');
    first.end();
    await settle();
    assert.deepEqual(scene.begun, ['a1', 'b1']);
    scene.ask('d1');
    await settle();
    assert.deepEqual([...scene.running], ['b1'], 'what a player waits for does not give way');
  });

  it('begins nothing ahead that is too late', async () => {
    const scene = new Scene(1, 9);
    const first = scene.ask('a1');
    const late = scene.wish('b1', { expiresAt: 10 });
    const asked = scene.wish('c1', { expiresAt: 10 });
    scene.wish('d1', { expiresAt: 30 });
    asked.demand.join('c');
    await settle();
    scene.nowMs = 20;
    first.end();
    await settle();
    assert.deepEqual(scene.begun, ['a1', 'c1'], 'a player waits for it: it is never too late');
    asked.end();
    assert.match(String(await late.outcome), /gave way/);
    await settle();
    assert.deepEqual(scene.begun, ['a1', 'c1', 'd1']);
  });

  it('begins nothing that would exceed the memory, and overtakes nothing that is too large for now', async () => {
    const scene = new Scene(4, 9, { memory: new HeldBytes(100) });
    const large = scene.ask('a1', { bytes: 300 });
    scene.ask('b1', { bytes: 80 });
    const small = scene.ask('c1', { bytes: 10 });
    await settle();
    assert.deepEqual(scene.begun, ['a1'], 'the largest one is made too, alone');
    large.end();
    await settle();
    assert.deepEqual(scene.begun, ['a1', 'b1', 'c1']);
    const held = scene.memory.hold([new Uint8Array(5)], 5);
    scene.ask('d1', { bytes: 50 });
    scene.ask('e1', { bytes: 1 });
    await settle();
    assert.equal(scene.begun.length, 3);
    scene.scheduler.checkMemory();
    held[Symbol.dispose]();
    small.leave();
    await settle();
    assert.equal(scene.begun.length, 3, 'there are 80 bytes in use');
    const much = scene.memory.hold([new Uint8Array(1)], 20);
    assert.throws(() => scene.scheduler.checkMemory(), OverloadedError);
    much[Symbol.dispose]();
  });

  it('keeps its limits and idles never while viewers wait, whatever happens', async () => {
    const viewer = fc.constantFrom('a', 'b', 'c', 'd');
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('ask' as const), viewer }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('wish' as const), viewer }) },
      fc.record({
        type: fc.constantFrom('end' as const, 'leave' as const, 'join' as const),
        viewer,
        at: fc.nat(40),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        async (events, running, waiting) => {
          const scene = new Scene(running, waiting);
          const pieces: Piece[] = [];
          for (const [index, one] of events.entries()) {
            const { stats } = scene.scheduler;
            const isFull = stats.encode.running >= running && stats.encode.waiting >= waiting;
            if (one.type === 'ask') {
              const piece = scene.ask(`${one.viewer}${index}`);
              pieces.push(piece);
              const isRefused = scene.scheduler.stats.encode.refused > stats.encode.refused;
              assert.equal(isRefused, isFull);
            } else if (one.type === 'wish') pieces.push(scene.wish(`${one.viewer}${index}`));
            else {
              const piece = pieces[one.at % Math.max(1, pieces.length)];
              if (one.type === 'join') {
                try {
                  piece?.demand.join(one.viewer);
                } catch (error) {
                  assert.ok(error instanceof OverloadedError && isFull);
                }
              } else piece?.[one.type]();
            }
            await settle();
            const now = scene.scheduler.stats.encode;
            assert.equal(now.running, scene.running.size);
            assert.ok(now.running <= running && now.waiting <= waiting);
            if (now.waiting > 0) assert.equal(now.running, running, 'a place is free while a viewer waits');
            if (now.waiting > 0)
              assert.equal(now.runningAhead, 0, 'a viewer waits behind what nobody waits for');
          }
          for (let turn = 0; turn < pieces.length + 1; turn++) {
            for (const piece of pieces) piece.end();
            await settle();
          }
          const { encode } = scene.scheduler.stats;
          assert.deepEqual(
            [encode.running, encode.waiting, encode.waitingAhead],
            [0, 0, 0],
            'something starves',
          );
          await Promise.all(pieces.map(({ outcome }) => outcome));
        },
      ),
      { numRuns: 60 },
    );
  });
});
