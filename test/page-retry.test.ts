/** How the page takes what a server says of when to come back, with a stand-in for the page's document. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { importPage } from './support/page-module.js';

interface Failure {
  readonly message: string;
  readonly status?: number;
  readonly retryAfter?: number;
}

interface Page {
  readonly LaterRetry: new (retry: () => void) => {
    readonly at: { readonly value: number | undefined };
    plan(seconds: number): void;
    cancel(): void;
  };
  problemOf(response: Response): Promise<Failure>;
}

class Document extends EventTarget {
  hidden = false;
}

describe('a server that says when to come back', () => {
  let page: Page;
  let shown: Document;

  before(async () => {
    page = (await importPage(['player/later-retry', 'shared/words'])) as Page;
  });
  beforeEach(() => {
    shown = new Document();
    Object.assign(globalThis, { document: shown });
  });
  after(() => {
    Reflect.deleteProperty(globalThis, 'document');
  });

  it('is understood, and what is no number of seconds passed over', async () => {
    const body = JSON.stringify({ error: { code: 'source_failed', message: 'It is busy.' } });
    const told = async (retryAfter: string): Promise<number | undefined> => {
      const headers = { 'retry-after': retryAfter };
      return (await page.problemOf(new Response(body, { status: 503, headers }))).retryAfter;
    };
    assert.equal(await told('120'), 120);
    assert.equal(await told('Thu, 01 Jan 2026 00:00:10 GMT'), undefined);
    assert.equal(await told('-1'), undefined);
    assert.equal((await page.problemOf(new Response(body, { status: 503 }))).retryAfter, undefined);
  });

  it('is asked again then, and once', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
    let attempts = 0;
    const later = new page.LaterRetry(() => (attempts += 1));
    later.plan(120);
    assert.equal(later.at.value, 121_000);
    t.mock.timers.tick(119_999);
    assert.equal(attempts, 0);
    t.mock.timers.tick(1);
    assert.deepEqual([attempts, later.at.value], [1, undefined]);
    t.mock.timers.tick(1_000_000);
    assert.equal(attempts, 1);
  });

  it('is not asked by a page that nobody looks at, until somebody does', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let attempts = 0;
    const later = new page.LaterRetry(() => (attempts += 1));
    shown.hidden = true;
    later.plan(5);
    t.mock.timers.tick(60_000);
    shown.dispatchEvent(new Event('visibilitychange'));
    assert.equal(attempts, 0);
    shown.hidden = false;
    for (let times = 0; times < 3; times++) shown.dispatchEvent(new Event('visibilitychange'));
    assert.equal(attempts, 1);
  });

  it('is not asked after something else was opened', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let attempts = 0;
    const later = new page.LaterRetry(() => (attempts += 1));
    later.plan(5);
    later.cancel();
    later.plan(10);
    t.mock.timers.tick(9999);
    shown.hidden = true;
    t.mock.timers.tick(1);
    later.cancel();
    shown.hidden = false;
    shown.dispatchEvent(new Event('visibilitychange'));
    assert.deepEqual([attempts, later.at.value], [0, undefined]);
  });
});
