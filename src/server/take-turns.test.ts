import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import { LoopTurns } from './loop-turns.js';
import { takeTurns } from './take-turns.js';

describe('takeTurns', () => {
  it('does nothing for requests before their turn, and nothing for those who have left by then', async () => {
    const immediates: (() => void)[] = [];
    const later = (callback: () => void): void => void immediates.push(callback);
    const app = fastify();
    const handled: string[] = [];
    const leaving: (() => void)[] = [];
    app.addHook('onRequest', (request, reply, done) => {
      if (request.url === '/leaves') leaving.push(() => reply.raw.destroy());
      done();
    });
    takeTurns(app, new LoopTurns({ maxTasks: 1, later }));
    app.get('/:name', (request, reply) => {
      handled.push(request.url);
      void reply.send('');
    });
    await app.ready();
    const [first, left, last] = ['/first', '/leaves', '/last'].map((url) => app.inject(url));
    assert.equal((await first!).statusCode, 200);
    assert.deepEqual(handled, ['/first']);
    assert.equal(app.turns.waiting, 2);
    for (const leave of leaving) leave();
    while (immediates.length > 0) for (const callback of immediates.splice(0)) callback();
    assert.equal((await last!).statusCode, 200);
    await assert.rejects(left!);
    assert.deepEqual(handled, ['/first', '/last']);
    await app.close();
  });
});
