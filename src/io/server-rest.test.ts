import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError, SourceError } from '../errors.js';
import { retryAfterOf, ServerRest } from './server-rest.js';

const busy = (retryAfterMs: number, status = 503): SourceError =>
  new SourceError('film answered.', { context: { status, retryAfterMs } });

function restAt(): { rest: ServerRest; clock: { ms: number } } {
  const clock = { ms: 1000 };
  return { rest: new ServerRest(() => clock.ms), clock };
}

const leftOf = (rest: ServerRest): number | undefined => {
  try {
    rest.check();
    return undefined;
  } catch (error) {
    assert.equal(error instanceof SourceError && error.message, 'film answered.');
    return retryAfterOf(error);
  }
};

describe('the rest of a server', () => {
  it('lasts for as long as the server wants it, and tells how long that still is', () => {
    const { rest, clock } = restAt();
    assert.equal(rest.isOn, false);
    assert.equal(rest.begin(busy(120_000)), true);
    assert.deepEqual([rest.isOn, leftOf(rest)], [true, 120_000]);
    clock.ms += 119_000;
    assert.equal(leftOf(rest), 1000);
    clock.ms += 1000;
    assert.deepEqual([rest.isOn, leftOf(rest)], [false, undefined]);
  });

  it('lasts for five minutes at most', () => {
    const { rest, clock } = restAt();
    rest.begin(busy(86_400_000));
    assert.equal(leftOf(rest), 300_000);
    clock.ms += 300_000;
    assert.equal(rest.isOn, false);
  });

  it('is not begun by what is waited for, nor by what will not pass', () => {
    const { rest } = restAt();
    const none = new SourceError('film answered.', { context: { status: 503 } });
    for (const error of [busy(30_000), busy(120_000, 403), none, new EngineError('x'), undefined]) {
      assert.equal(rest.begin(error), false);
    }
    assert.deepEqual([rest.isOn, leftOf(rest)], [false, undefined]);
  });
});
