import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { EngineSlot, type Renewal, type SlotOwner } from './engine-slot.js';
import { EngineTask } from './engine-task.js';

/** An engine that does nothing. */
const ENGINE = `
import { serveJobs } from '${new URL('./process/serve-jobs.js', import.meta.url).href}';
const kept = [];
const keep = () => kept.push(Buffer.alloc(150 << 20, 1));
await serveJobs({}, new Map([
  ['nothing', () => ({ meta: {}, parts: [] })],
  ['keep', () => { keep(); return { meta: {}, parts: [] }; }],
  ['keepAndHang', () => { keep(); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }],
]));
`;

const MIB = 1024 * 1024;

/** A pool of one slot. */
class Owner implements SlotOwner {
  readonly entry: URL;
  readonly graceMs = 500;
  readonly niceness = 0;
  deaths = 0;
  /** Takes the job that another engine is to try. */
  onLost: () => void = () => assert.fail('no job is lost');
  /** Called when an engine is up. */
  onReady: () => void = () => undefined;

  constructor(entry: URL) {
    this.entry = entry;
  }

  memoryLimitFor(): number {
    return 300 * MIB;
  }

  slotReady(): void {
    this.onReady();
  }

  slotFree(): void {
    // Nothing waits.
  }

  slotLost(): void {
    this.onLost();
  }

  slotDied(): boolean {
    this.deaths += 1;
    return false;
  }
}

describe('an engine slot', () => {
  let folder: string;
  let entry: URL;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-slot-'));
    writeFileSync(join(folder, 'engine.mjs'), ENGINE);
    entry = pathToFileURL(join(folder, 'engine.mjs'));
  });
  after(() => rmSync(folder, { recursive: true }));
  /** Also those of a test that failed. */
  const slots: EngineSlot[] = [];
  afterEach(() => Promise.all(slots.splice(0).map((slot) => slot.close())));

  const start = async (renewal: Renewal): Promise<{ owner: Owner; slot: EngineSlot }> => {
    const owner = new Owner(entry);
    const slot = new EngineSlot(owner, renewal);
    slots.push(slot);
    slot.start();
    await ready(owner);
    return { owner, slot };
  };
  const work = (slot: EngineSlot, kind = 'nothing'): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const request = { kind, meta: {}, parts: [] };
      const limits = { deadlineMs: 10_000, maxDeaths: 1, memoryBytes: 0 };
      slot.take(new EngineTask(request, limits, { resolve, reject }, undefined, () => undefined));
    });

  it('replaces an engine that keeps much and has nothing to do', async () => {
    const { owner, slot } = await start({ residentBytes: 1, idleMs: 1 });
    const first = slot.pid;
    await work(slot);
    // The timer alone keeps no program running.
    const keepRunning = setInterval(() => undefined, 1000);
    await ready(owner);
    clearInterval(keepRunning);
    assert.notEqual(slot.pid, first);
    assert.ok(slot.isFree);
    assert.equal(owner.deaths, 0);
    await work(slot);
  });

  it('has another engine try a job that has too little memory for what others left', async () => {
    const { owner, slot } = await start({ residentBytes: 100 * MIB, idleMs: 60_000 });
    await work(slot, 'keep');
    await new Promise<void>((resolve, reject) => {
      owner.onLost = resolve;
      work(slot, 'keepAndHang').catch(reject);
    });
    assert.ok(!slot.isBusy);
  });

  it('goes on with an engine that is given the next job in time, or keeps little', async () => {
    for (const renewal of [
      { residentBytes: 1, idleMs: 60_000 },
      { residentBytes: 2 ** 40, idleMs: 0 },
    ]) {
      const { owner, slot } = await start(renewal);
      const first = slot.pid;
      for (let i = 0; i < 3; i++) await work(slot);
      assert.equal(slot.pid, first);
      await slot.close();
      assert.equal(owner.deaths, 1);
    }
  });
});

function ready(owner: Owner): Promise<void> {
  return new Promise((resolve) => (owner.onReady = resolve));
}
