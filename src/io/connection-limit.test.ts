import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OverloadedError } from '../errors.js';
import { ConnectionLimit } from './connection-limit.js';

describe('ConnectionLimit', () => {
  it('lets those wait whose host is busy, and passes them by for those whose host is not', async () => {
    const limit = new ConnectionLimit({ total: 2, perHost: 1 });
    const order: string[] = [];
    const use = async (host: string): Promise<() => void> => {
      const giveBack = await limit.take(host, 60_000, []);
      order.push(host);
      return giveBack;
    };
    const first = await use('a');
    const second = use('a');
    const other = await use('b');
    const third = use('c');
    other();
    const giveBackThird = await third;
    assert.deepEqual(order, ['a', 'b', 'c']);
    first();
    first();
    (await second)();
    giveBackThird();
    assert.deepEqual(order, ['a', 'b', 'c', 'a']);
    // Nothing is left in use, though one was given back twice.
    const both = await Promise.all([use('a'), use('b')]);
    await assert.rejects(limit.take('c', 1, []), OverloadedError);
    for (const giveBack of both) giveBack();
  });

  it('leaves nothing behind of those who leave while they wait', async () => {
    const limit = new ConnectionLimit({ total: 1, perHost: 1 });
    const giveBack = await limit.take('a', 60_000, []);
    const abort = new AbortController();
    const leaving = limit.take('a', 60_000, [abort.signal]);
    const staying = limit.take('a', 60_000, []);
    abort.abort();
    await assert.rejects(leaving, { name: 'AbortError' });
    giveBack();
    (await staying)();
  });

  it('lets no more wait than may, and those go on waiting', async () => {
    const limit = new ConnectionLimit({ total: 1, perHost: 1 });
    const leaving = new AbortController();
    const giveBack = await limit.take('a', 60_000, []);
    const waiting = Array.from({ length: 1000 }, () => limit.take('a', 60_000, [leaving.signal]));
    for (const one of waiting) one.catch(() => undefined);
    await assert.rejects(limit.take('b', 60_000, []), OverloadedError);
    giveBack();
    const next = await waiting[0]!;
    leaving.abort('left');
    await assert.rejects(waiting[999]!, (reason) => reason === 'left');
    next();
    (await limit.take('b', 60_000, []))();
  });
});
