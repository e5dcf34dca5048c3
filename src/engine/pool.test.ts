import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { EngineError, OverloadedError } from '../errors.js';
import type { EngineReply } from './engine-job.js';
import type { EnginePoolOptions } from './pool-options.js';
import { createEnginePool, type EngineJobOptions, type EnginePool } from './pool.js';

/** An engine with the real loop and pipe, whose jobs do what no real job should. */
const ENGINE = `
import { existsSync, writeFileSync } from 'node:fs';
import { serveJobs } from '${new URL('./process/serve-jobs.js', import.meta.url).href}';
import { throwIfUnwanted } from '${new URL('./process/cancel-watch.js', import.meta.url).href}';
const forever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
const kept = [];
await serveJobs({ ffmpeg: 'none', libavcodec: 'none', aacEncoder: 'none' }, new Map([
  ['echo', ({ meta, payload }) => ({ meta: { pid: process.pid, text: meta.text }, parts: [payload] })],
  ['fail', () => { throw new TypeError('as asked'); }],
  ['hang', () => forever()],
  ['work', () => { for (;;) throwIfUnwanted(); }],
  ['die', () => { process.stderr.write('about to die'); process.kill(process.pid, 'SIGKILL'); forever(); }],
  ['exit', () => process.exit(7)],
  ['dieOnce', ({ meta }) => {
    if (existsSync(meta.flag)) return { meta: { pid: process.pid }, parts: [] };
    writeFileSync(meta.flag, '');
    process.kill(process.pid, 'SIGKILL');
    forever();
  }],
  ['eat', () => { for (;;) kept.push(Buffer.alloc(16 << 20, 1)); }],
  ['environment', () => ({ meta: { execArgv: process.execArgv, names: Object.keys(process.env) }, parts: [] })],
]));
`;

describe('the engine pool', () => {
  let folder: string;
  let entry: URL;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-pool-'));
    writeFileSync(join(folder, 'engine.mjs'), ENGINE);
    entry = pathToFileURL(join(folder, 'engine.mjs'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const open = (options: EnginePoolOptions = {}): EnginePool =>
    createEnginePool({ size: 1, entry, ...options });
  const run = (pool: EnginePool, kind: string, meta = {}, options?: EngineJobOptions): Promise<EngineReply> =>
    pool.run({ kind, meta, parts: [] }, options);

  it('answers with the meta and the bytes of the job', async () => {
    await using pool = open();
    const parts = [new Uint8Array(100_000).fill(1), new Uint8Array(0), new Uint8Array(300_000).fill(2)];
    const { meta, payload } = await pool.run({ kind: 'echo', meta: { text: 'é' }, parts });
    assert.equal(meta['text'], 'é');
    assert.equal(payload.length, 400_000);
    assert.equal(payload[99_999], 1);
    assert.equal(payload[100_000], 2);
  });

  it('does many jobs on few engines', async () => {
    await using pool = open({ size: 2 });
    const replies = await Promise.all(Array.from({ length: 40 }, () => run(pool, 'echo')));
    assert.ok(new Set(replies.map(({ meta }) => meta['pid'])).size <= 2);
    assert.equal(pool.stats.jobsDone, 40);
    assert.equal(pool.stats.restarts, 0);
  });

  it('lets its engines give way to other processes when asked to', async () => {
    await using willing = createEnginePool({ size: 1, niceness: 7 });
    await using equal = createEnginePool({ size: 1 });
    await Promise.all([willing.ready(), equal.ready()]);
    assert.equal(getPriority(willing.stats.pids[0]), Math.min(19, getPriority() + 7));
    assert.equal(getPriority(equal.stats.pids[0]), getPriority());
  });

  it('fails a job with the error of the job, without another try', async () => {
    await using pool = open();
    await assert.rejects(run(pool, 'fail'), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, /as asked/);
      return true;
    });
    await assert.rejects(run(pool, 'nothing of the kind'), EngineError);
    assert.equal(pool.stats.restarts, 0);
  });

  it('gives the job of an engine that dies to another, once', async () => {
    await using pool = open();
    const flag = join(folder, 'died');
    const first = (await run(pool, 'echo')).meta['pid'];
    const { meta } = await run(pool, 'dieOnce', { flag });
    assert.ok(existsSync(flag));
    assert.notEqual(meta['pid'], first);
    assert.equal(pool.stats.restarts, 1);
  });

  it('does not count against a job that engines died before they had begun with it', async () => {
    await using pool = open({ size: 2 });
    await Promise.all([run(pool, 'echo'), run(pool, 'echo')]);
    for (let i = 0; i < 2; i++) {
      for (const pid of pool.stats.pids) process.kill(pid, 'SIGKILL');
      const jobs = ['first', 'second'].map((text) => run(pool, 'echo', { text }, { maxDeaths: 1 }));
      assert.deepEqual(
        (await Promise.all(jobs)).map(({ meta }) => meta['text']),
        ['first', 'second'],
      );
    }
  });

  it('gives up on a job that kills two engines, and says how', async () => {
    await using pool = open();
    await assert.rejects(run(pool, 'die'), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.match(error.message, /signal SIGKILL/);
      assert.equal(error.context['stderr'], 'about to die');
      return true;
    });
    await assert.rejects(run(pool, 'exit'), /exit code 7/);
    assert.equal((await run(pool, 'echo', { text: 'alive' })).meta['text'], 'alive');
  });

  it('kills an engine whose job runs past its deadline, and does not try again', async () => {
    await using pool = open();
    await pool.ready();
    await assert.rejects(run(pool, 'hang', {}, { deadlineMs: 50 }), /deadline of 50 ms/);
    assert.equal((await run(pool, 'echo', { text: 'alive' })).meta['text'], 'alive');
    assert.equal(pool.stats.restarts, 1);
  });

  it('kills an engine that takes too much memory', { skip: process.platform !== 'linux' }, async () => {
    await using pool = open({ memoryLimitBytes: 300 * 1024 * 1024 });
    await assert.rejects(run(pool, 'eat'), /bytes of memory/);
    assert.equal((await run(pool, 'echo', { text: 'alive' })).meta['text'], 'alive');
  });

  it('lets jobs wait for memory, those that take next to nothing pass, and is not idle meanwhile', async () => {
    await using pool = open({ size: 2, memoryBudgetBytes: 1000 });
    const controller = new AbortController();
    const { signal } = controller;
    const first = run(pool, 'work', {}, { signal, memoryBytes: 600 });
    let isDone = false;
    const second = run(pool, 'echo', { text: 'large' }, { memoryBytes: 500 }).finally(() => (isDone = true));
    let spared = 0;
    using _ = pool.onSpare(() => (spared += 1));
    assert.equal((await run(pool, 'echo', { text: 'small' })).meta['text'], 'small');
    await run(pool, 'echo');
    assert.deepEqual([isDone, spared, pool.stats.jobsQueued], [false, 0, 1]);
    controller.abort();
    await assert.rejects(first, { name: 'AbortError' });
    assert.equal((await second).meta['text'], 'large');
    assert.ok(spared > 0);
  });

  it('lets a waiting job go when its signal says so', async () => {
    await using pool = open();
    const controller = new AbortController();
    const running = run(pool, 'echo');
    const waiting = run(pool, 'echo', {}, { signal: controller.signal });
    controller.abort(new RangeError('not wanted'));
    await assert.rejects(waiting, /not wanted/);
    await running;
    assert.equal(pool.stats.jobsDone, 1);
    await assert.rejects(run(pool, 'echo', {}, { signal: controller.signal }), /not wanted/);
  });

  it('lets a running job go at once, and replaces the engine when it does not come back', async () => {
    await using pool = open({ graceMs: 20 });
    const first = (await run(pool, 'echo')).meta['pid'];
    const controller = new AbortController();
    const hanging = run(pool, 'hang', {}, { signal: controller.signal });
    controller.abort();
    await assert.rejects(hanging, { name: 'AbortError' });
    assert.equal(pool.stats.jobsRunning, 1);
    assert.notEqual((await run(pool, 'echo')).meta['pid'], first);
  });

  it('tells that an engine is free when one has answered and no job waits for it', async () => {
    await using pool = open();
    await pool.ready();
    const stats: string[] = [];
    const told = (): unknown => stats.push(`${pool.stats.jobsDone} done, ${pool.stats.jobsRunning} running`);
    const listening = pool.onSpare(told);
    await Promise.all([run(pool, 'echo'), run(pool, 'echo')]);
    assert.deepEqual(stats, ['2 done, 0 running']);
    const controller = new AbortController();
    const dropped = run(pool, 'work', {}, { signal: controller.signal });
    controller.abort();
    await assert.rejects(dropped, { name: 'AbortError' });
    await run(pool, 'echo');
    assert.equal(stats.length, 2, 'the engine went from what was dropped to what waited');
    listening[Symbol.dispose]();
    await run(pool, 'echo');
    assert.equal(stats.length, 2);
  });

  it('keeps an engine that comes back from a job nobody wants any more', async () => {
    await using pool = open();
    const first = (await run(pool, 'echo')).meta['pid'];
    const controller = new AbortController();
    const unwanted = run(pool, 'echo', {}, { signal: controller.signal });
    controller.abort();
    await assert.rejects(unwanted, { name: 'AbortError' });
    assert.equal((await run(pool, 'echo')).meta['pid'], first);
  });

  it('tells an engine at work that nobody wants its job any more, and keeps it', async () => {
    await using pool = open({ graceMs: 600_000 });
    const first = (await run(pool, 'echo')).meta['pid'];
    for (let i = 0; i < 2; i++) {
      const controller = new AbortController();
      const working = run(pool, 'work', {}, { signal: controller.signal });
      controller.abort();
      await assert.rejects(working, { name: 'AbortError' });
      assert.equal((await run(pool, 'echo')).meta['pid'], first);
    }
    assert.equal(pool.stats.restarts, 0);
  });

  it('refuses jobs above the length of its queue', async () => {
    await using pool = open({ maxQueued: 2 });
    await pool.ready();
    const accepted = [run(pool, 'echo'), run(pool, 'echo'), run(pool, 'echo')];
    await assert.rejects(run(pool, 'echo'), OverloadedError);
    await Promise.all(accepted);
  });

  it('says so when engines cannot be started, and tries again for the next job', async () => {
    const path = join(folder, 'late.mjs');
    writeFileSync(path, 'console.error("no luck"); process.exit(1);');
    await using pool = open({ entry: pathToFileURL(path) });
    await assert.rejects(pool.ready(), (error: unknown) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.context['stderr'], 'no luck');
      return true;
    });
    writeFileSync(path, ENGINE);
    assert.equal((await run(pool, 'echo', { text: 'now' })).meta['text'], 'now');
  });

  it('hands engines neither Node options nor the environment', async () => {
    process.env['NODE_OPTIONS'] = '--trace-uncaught';
    process.env['SEGMINT_TEST_SECRET'] = 'x';
    try {
      await using pool = open();
      const { meta } = await run(pool, 'environment');
      assert.deepEqual(meta['execArgv'], []);
      const names = meta['names'] as string[];
      assert.ok(!names.includes('NODE_OPTIONS') && !names.includes('SEGMINT_TEST_SECRET'));
    } finally {
      delete process.env['NODE_OPTIONS'];
      delete process.env['SEGMINT_TEST_SECRET'];
    }
  });

  it('leaves nothing behind when it is closed, however often and in the middle of what', async () => {
    await handlesClosed();
    const before = process.getActiveResourcesInfo().sort();
    const pool = open({ size: 2 });
    await pool.ready();
    const { pids } = pool.stats;
    const jobs = ['hang', 'hang', 'echo'].map((kind) => run(pool, kind));
    const outcomes = Promise.allSettled(jobs);
    await Promise.all([pool[Symbol.asyncDispose](), pool[Symbol.asyncDispose]()]);
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof EngineError);
    }
    await pool[Symbol.asyncDispose]();
    await assert.rejects(run(pool, 'echo'), EngineError);
    await assert.rejects(pool.ready(), EngineError);
    assert.deepEqual(pool.stats.pids, []);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await handlesClosed();
    assert.deepEqual(process.getActiveResourcesInfo().sort(), before);
  });
});

/** libuv lets go of a closed handle at the end of a turn of the event loop, after that turn's immediates. */
async function handlesClosed(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}
