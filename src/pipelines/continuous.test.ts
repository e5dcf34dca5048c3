import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBytes } from '../io/bytes-source.js';
import { SourceError } from '../errors.js';
import { streamTranscodeFmp4 } from './continuous.js';
import type { StreamSummary } from './stream-report.js';

describe('streamTranscodeFmp4', () => {
  it('makes its record also when the source fails to close', async () => {
    const source = openBytes(Uint8Array.of(1, 2, 3));
    source[Symbol.asyncDispose] = () => Promise.reject(new SourceError('It does not close.'));
    const records: StreamSummary[] = [];
    const stream = streamTranscodeFmp4(source, { log: (record) => records.push(record) });
    await assert.rejects(stream.chunks().next(), SourceError);
    assert.deepEqual(await stream.summary, records[0]);
    assert.deepEqual(
      records.map((record) => [record.outcome, record.error?.code]),
      [['failed', 'malformed_media']],
    );
  });
});
