import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SourceError } from '../errors.js';
import { Readiness, type ReadinessCheck } from './readiness.js';

describe('readiness', () => {
  it('is tried once in a while, however often it is asked for', async () => {
    let now = 0;
    let tries = 0;
    let works = true;
    const engine: ReadinessCheck = {
      part: 'engine',
      isNeeded: true,
      check: async () => {
        tries++;
        await Promise.resolve();
        if (!works) throw new SourceError('No engine.');
      },
    };
    const readiness = new Readiness([engine], () => now);
    const reports = await Promise.all([readiness.report(), readiness.report(), readiness.report()]);
    assert.deepEqual(reports, Array(3).fill({ status: 'ready', parts: { engine: 'works' } }));
    assert.equal(tries, 1);
    works = false;
    now = 4999;
    assert.equal((await readiness.report()).status, 'ready');
    now = 5000;
    assert.deepEqual(await readiness.report(), { status: 'unready', parts: { engine: 'fails' } });
    assert.equal(tries, 2);
  });

  it('does not hang on what is only of use', async () => {
    const check = async (): Promise<void> => Promise.reject(new SourceError('Full.'));
    const readiness = new Readiness([{ part: 'store', isNeeded: false, check }]);
    assert.deepEqual(await readiness.report(), { status: 'ready', parts: { store: 'fails' } });
  });
});
