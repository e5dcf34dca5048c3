import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  EngineError,
  InvariantError,
  MalformedMediaError,
  OverloadedError,
  RequestError,
  SourceError,
} from '../errors.js';
import { errorResponse } from './error-response.js';

const from = (context: Record<string, string | number | boolean>): SourceError =>
  new SourceError('film answered with a status.', { context });

const hintOf = (error: unknown): [number, string | undefined] => {
  const { status, headers } = errorResponse(error);
  return [status, headers['retry-after']];
};

describe('an error as the HTTP interface shows it', () => {
  it('says when to come back where the server of a source wants to be left alone', () => {
    const cases: readonly [Record<string, number>, number, string | undefined][] = [
      [{ status: 429, retryAfterMs: 120_000 }, 503, '120'],
      [{ status: 503, retryAfterMs: 119_001 }, 503, '120'],
      [{ status: 503, retryAfterMs: 0 }, 503, '1'],
      [{ status: 502, retryAfterMs: 40_000 }, 503, '40'],
      [{ status: 503, retryAfterMs: 7 * 86_400_000 }, 503, '300'],
      [{ status: 429 }, 503, '5'],
      [{ status: 503 }, 503, '5'],
      [{ status: 500 }, 502, undefined],
      [{ status: 403, retryAfterMs: 120_000 }, 502, undefined],
      [{ status: 501, retryAfterMs: 120_000 }, 502, undefined],
    ];
    for (const [context, status, retryAfter] of cases) {
      assert.deepEqual(hintOf(from(context)), [status, retryAfter], JSON.stringify(context));
    }
    assert.equal(errorResponse(from({ status: 429 })).body.error.code, 'source_failed');
  });

  it('has a status for each kind', () => {
    const cases: readonly [unknown, number, string | undefined][] = [
      [from({ timeout: true }), 504, undefined],
      [from({}), 502, undefined],
      [new OverloadedError('full'), 503, '5'],
      [new OverloadedError('full', { context: { retryAfterSeconds: 17 } }), 503, '17'],
      [new OverloadedError('full', { context: { isClient: true, retryAfterSeconds: 2 } }), 429, '2'],
      [new RequestError('no', 'not_found'), 404, undefined],
      [new RequestError('no', 'unauthorized'), 401, undefined],
      [new MalformedMediaError('broken'), 422, undefined],
      [new EngineError('died'), 500, undefined],
    ];
    for (const [error, status, retryAfter] of cases) {
      assert.deepEqual(hintOf(error), [status, retryAfter], String(error));
    }
  });

  it('tells nothing of what is a fault of ours, nor of where things lie', () => {
    for (const error of [new InvariantError('/srv/films'), new TypeError('/srv/films'), '/srv/films']) {
      assert.doesNotMatch(JSON.stringify(errorResponse(error)), /srv/);
    }
    const context = { offset: 7, path: '/srv/films', systemCode: 'EACCES' };
    const { body } = errorResponse(new SourceError('film could not be read.', { context }));
    assert.deepEqual(body.error.context, { offset: 7 });
  });
});
