/** The example of a plug-in: its signatures are those of Amazon's documentation, and expired ones are renewed. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createS3Opener, presign, type S3Account } from '../examples/s3-source.js';
import { openSource } from '../src/io/open-source.js';

const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) & 0xff);

describe('the S3 example', () => {
  it('signs as the example of the S3 documentation does', () => {
    const account = {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      region: 'us-east-1',
    };
    const now = new Date(Date.UTC(2013, 4, 24));
    // "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", the example at its end.
    assert.equal(
      presign(account, 'examplebucket', 'test.txt', 86_400, now).href,
      'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
        '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
        '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
        '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });

  it('reads a key, whatever is in its name, and signs anew when a signature has expired', async () => {
    const account = { accessKeyId: 'id', secretAccessKey: 'secret', region: 'eu-central-1' };
    let endpoint = '';
    let isExpired = false;
    let refused = 0;
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', endpoint);
      const date = url.searchParams.get('X-Amz-Date') ?? '';
      const stamp = date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
      const full: S3Account = { ...account, endpoint };
      const expected = presign(full, 'bucket', 'a folder/film (1)+ü.mkv', 900, new Date(stamp));
      const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
      if (isExpired || url.href !== expected.href || range === null) {
        isExpired = false;
        refused++;
        response.writeHead(403).end('AccessDenied');
        return;
      }
      const start = Number(range[1]);
      const end = range[2] === '' ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
      response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${bytes.length}`, etag: '"1"' });
      response.end(bytes.subarray(start, end + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const reference = 's3://bucket/a folder/film (1)+ü.mkv';
      const openers = [createS3Opener({ ...account, endpoint })];
      await using source = await openSource(reference, { openers });
      assert.equal(source.name, 'film (1)+ü.mkv');
      assert.equal(source.identity, `http:${reference}#"1"`);
      assert.deepEqual(await source.read(100_000, 1000), bytes.slice(100_000, 101_000));
      isExpired = true;
      assert.deepEqual(await source.read(200_000, 1000), bytes.slice(200_000, 201_000));
      assert.equal(refused, 1);
      await assert.rejects(openSource('gs://bucket/film.mkv', { openers }), /Nothing is there to open gs/);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
