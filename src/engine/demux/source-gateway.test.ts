import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { SourceError } from '../../errors.js';
import { openBytes } from '../../io/bytes-source.js';
import { openIterable } from '../../io/iterable.js';
import { openSourceGateway } from './source-gateway.js';

const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 0xff);

async function fetchBytes(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Uint8Array }> {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  const body = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

describe('the source gateway', () => {
  it('serves a source whole and in ranges, under its own path only', async () => {
    await using gateway = await openSourceGateway(openBytes(BYTES, { chunkSize: 10_000 }));
    const whole = await fetchBytes(gateway.url);
    assert.equal(whole.status, 200);
    assert.deepEqual(whole.body, BYTES);
    const part = await fetchBytes(gateway.url, { Range: 'bytes=100-299' });
    assert.equal(part.status, 206);
    assert.equal(part.headers['content-range'], 'bytes 100-299/300000');
    assert.deepEqual(part.body, BYTES.subarray(100, 300));
    const rest = await fetchBytes(gateway.url, { Range: 'bytes=299990-' });
    assert.deepEqual(rest.body, BYTES.subarray(299_990));
    assert.equal((await fetchBytes(gateway.url, { Range: 'bytes=300000-' })).status, 416);
    const elsewhere = new URL(gateway.url);
    elsewhere.pathname = '/';
    assert.equal((await fetchBytes(elsewhere.href)).status, 404);
    assert.ok(new URL(gateway.url).pathname.length > 40);
    assert.equal(new URL(gateway.url).hostname, '127.0.0.1');
  });

  it('serves a stream without ranges, and anew from its beginning until that is forgotten', async () => {
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(BYTES.slice(0, 1000));
      yield BYTES.slice(1000);
    };
    await using gateway = await openSourceGateway(openIterable(pieces()));
    const { status, headers, body } = await fetchBytes(gateway.url, { Range: 'bytes=0-' });
    assert.deepEqual([status, headers['accept-ranges']], [200, undefined]);
    assert.deepEqual(body, BYTES);
    assert.equal((await fetchBytes(gateway.url, { Range: 'bytes=10-' })).status, 416);
    assert.deepEqual((await fetchBytes(gateway.url)).body, BYTES);
    gateway.forget();
    assert.equal((await fetchBytes(gateway.url)).status, 410);
    assert.equal(gateway.failure, undefined);
  });

  it('breaks the answer where the source fails, and tells why', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(BYTES.slice(0, 1000));
      throw new SourceError('The line is dead.');
    };
    await using gateway = await openSourceGateway(openIterable(failing()));
    await assert.rejects(fetchBytes(gateway.url));
    assert.ok(gateway.failure instanceof SourceError);
    assert.match(gateway.failure.message, /line is dead/);
  });
});
