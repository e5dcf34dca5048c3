import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { HttpClient, LEAST_PROGRESS, type HttpAnswer } from './http-client.js';
import { ConnectionError } from './http-errors.js';
import { HttpPool } from './http-pool.js';

const IDLE_MS = 30_000;

/** A body that comes when the test says so, by a clock that goes when the test says so. */
class Drip {
  readonly body = new PassThrough({ highWaterMark: 1 << 20 });
  readonly received: number[] = [];
  readonly outcome: Promise<unknown>;
  isOver = false;

  constructor(
    signals: readonly AbortSignal[] = [],
    onChunk: (bytes: number) => void | Promise<void> = () => undefined,
  ) {
    using pool = new HttpPool();
    const client = new HttpClient({ pool, name: 'film', headers: {}, idleTimeoutMs: IDLE_MS });
    const answer: HttpAnswer = {
      url: new URL('http://film.test/'),
      status: 206,
      headers: {},
      body: this.body as unknown as IncomingMessage,
    };
    const read = async (): Promise<void> => {
      for await (const chunk of client.read(answer, signals)) {
        this.received.push(chunk.length);
        await onChunk(chunk.length);
      }
    };
    this.outcome = read().then(
      () => 'complete',
      (error: unknown) => error,
    );
    void this.outcome.then(() => (this.isOver = true));
  }

  /** Sends bytes, and lets the reader take them. */
  async send(bytes: number): Promise<void> {
    this.body.write(new Uint8Array(bytes));
    await settled();
  }
}

/** Promises and streams take several turns of the loop. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await nextTurn();
}

describe('the patience with a server', () => {
  let nowMs = 0;
  beforeEach(() => {
    nowMs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => nowMs);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  async function pass(ms: number): Promise<void> {
    nowMs += ms;
    mock.timers.tick(ms);
    await settled();
  }

  function assertGivenUp(outcome: unknown): void {
    assert.ok(outcome instanceof ConnectionError, String(outcome));
    assert.equal(outcome.context['timeout'], true);
    assert.match(outcome.message, /^film sent nothing, or next to nothing, for 30 seconds/);
  }

  it('ends when nothing comes', async () => {
    const drip = new Drip();
    await pass(IDLE_MS - 1);
    assert.equal(drip.isOver, false);
    await pass(1);
    assertGivenUp(await drip.outcome);
    assert.equal(drip.body.destroyed, true);
  });

  it('ends when too little comes, however regularly', async () => {
    const drip = new Drip();
    for (let seconds = 1; seconds < 30; seconds++) {
      await pass(1000);
      await drip.send(100);
    }
    assert.deepEqual([drip.isOver, drip.received.length], [false, 29]);
    await pass(1000);
    assertGivenUp(await drip.outcome);
  });

  it('begins anew with each piece of progress', async () => {
    const drip = new Drip();
    for (let times = 0; times < 5; times++) {
      await pass(20_000);
      await drip.send(LEAST_PROGRESS - 1);
      await pass(9000);
      await drip.send(1);
    }
    assert.equal(drip.isOver, false);
    await pass(IDLE_MS - 1);
    assert.equal(drip.isOver, false);
    drip.body.end();
    assert.equal(await drip.outcome, 'complete');
  });

  it('is not used up by a reader that takes its time', async () => {
    let goOn: () => void = () => undefined;
    const drip = new Drip([], () => new Promise((resolve) => (goOn = resolve)));
    for (let times = 0; times < 3; times++) {
      await drip.send(10);
      await pass(600_000);
      assert.equal(drip.isOver, false, 'the reader has it');
      goOn();
      await settled();
      await pass(9999);
    }
    assert.equal(drip.isOver, false, 'of half a minute three milliseconds are left');
    await pass(4);
    assertGivenUp(await drip.outcome);
  });

  it('leaves nothing behind', async () => {
    const { signal } = new AbortController();
    const drip = new Drip([signal]);
    await drip.send(10);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    drip.body.end();
    assert.equal(await drip.outcome, 'complete');
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    await pass(10 * IDLE_MS);
  });

  it('ends with the reason of whoever reads, at once', async () => {
    const [reader, source] = [new AbortController(), new AbortController()];
    const drip = new Drip([reader.signal, source.signal]);
    await drip.send(10);
    source.abort('closed');
    assert.equal(await drip.outcome, 'closed');
    assert.equal(drip.body.destroyed, true);
    assert.equal(getEventListeners(reader.signal, 'abort').length, 0);
  });

  it('takes a connection that is lost for a loss, and not for the end', async () => {
    const drip = new Drip();
    await drip.send(10);
    drip.body.destroy(Object.assign(new TypeError('reset'), { code: 'ECONNRESET' }));
    const outcome = await drip.outcome;
    assert.ok(outcome instanceof ConnectionError);
    assert.match(outcome.message, /the connection was lost/);
    assert.equal(outcome.context['timeout'], undefined);
  });
});
