/** What the panel that explains knows of the server: its codes, and the header by which it tells what segments cost. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { DeliveryRecord } from '../src/delivery/delivery-record.js';
import * as errors from '../src/errors.js';
import { writeServerTiming } from '../src/server/server-timing.js';
import { importPage } from './support/page-module.js';

/** What is tested of the page's parts. */
interface Parts {
  adviceOn(failure: { message: string; code?: string; status?: number }): string;
  parseServerTiming(header: string): ReadonlyMap<string, { duration?: number; description?: string }>;
}

describe('the panel that explains', () => {
  let parts: Parts;

  before(async () => {
    parts = (await importPage(['advice', 'server-timing'].map((name) => `player/explain/${name}`))) as Parts;
  });

  it('has advice for every code of an error, and for the ways in which a request is refused', () => {
    const unknown = parts.adviceOn({ message: 'The connection to the server was lost.' });
    const classes = Object.values(errors).filter((each) => each !== errors.SegmintError);
    const codes = classes.map((Each) => new (Each as new (message: string) => errors.SegmintError)('').code);
    assert.equal(codes.length, 8);
    const advice = codes.map((code) => parts.adviceOn({ message: '', code }));
    for (const status of [401, 403, 404]) {
      advice.push(parts.adviceOn({ message: '', code: 'bad_request', status }));
    }
    assert.equal(new Set([unknown, ...advice]).size, codes.length + 4, 'all of them different');
  });

  it('understands what the server tells of a segment', () => {
    const record: DeliveryRecord = {
      origin: 'made',
      ...{ isShared: false, isPrefetched: true, bytes: 9, remarks: [] },
      ...{ waitedMs: 1.26, madeMs: 20, readingMs: 3, transcodingMs: 12.5, sourceBytes: 4096 },
    };
    assert.deepEqual(
      [...parts.parseServerTiming(writeServerTiming(record))],
      [
        ['cache', { description: 'miss' }],
        ['ahead', {}],
        ['queue', { duration: 1.3 }],
        ['make', { duration: 20 }],
        ['read', { duration: 3 }],
        ['transcode', { duration: 12.5 }],
        ['source', { description: '4096' }],
      ],
    );
    const kept = parts.parseServerTiming(writeServerTiming({ ...record, origin: 'store' }));
    assert.deepEqual([...kept.keys()], ['cache', 'ahead']);
    assert.deepEqual([...parts.parseServerTiming('')], []);
  });
});
