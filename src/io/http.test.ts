import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { RequestError, SourceError } from '../errors.js';
import type { Source } from '../media/source.js';
import { ConnectionLimit } from './connection-limit.js';
import { HttpPool } from './http-pool.js';
import { openHttp } from './http.js';

const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);

/** Runs a server for as long as `test` runs. */
async function withServer(
  listener: RequestListener,
  test: (address: string, seen: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Answers a range request as it should be; `cut` is the number of body bytes after which the connection is dropped. */
function answerRange(
  request: IncomingMessage,
  response: ServerResponse,
  { body = bytes, etag = '"v1"', cut = Infinity }: { body?: Uint8Array; etag?: string; cut?: number } = {},
): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')!;
  const start = Number(match[1]);
  const end = match[2] === '' ? body.length - 1 : Math.min(Number(match[2]), body.length - 1);
  const part = body.subarray(start, end + 1);
  response.writeHead(206, {
    'content-range': `bytes ${start}-${end}/${body.length}`,
    'content-length': part.length,
    etag,
  });
  if (cut >= part.length) response.end(part);
  else response.write(part.subarray(0, cut), () => response.destroy());
}

async function drain(source: Source, offset = 0): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of source.stream(offset)) parts.push(chunk);
  return Buffer.concat(parts);
}

const quick = { retryDelayMs: 1, retries: 3 };

describe('openHttp', () => {
  it('opens a broken connection again where it broke', async () => {
    await withServer(
      (request, response) => answerRange(request, response, { cut: 150_000 }),
      async (address, seen) => {
        await using source = await openHttp(address, quick);
        assert.equal(Buffer.compare(await drain(source), bytes), 0);
        // Each request begins where the one before it broke off.
        assert.ok(seen.length >= 7);
        assert.equal(seen[1]!.headers.range, 'bytes=65536-');
        assert.equal(seen[1]!.headers['if-range'], '"v1"');
        assert.equal(
          Buffer.compare(await source.read(100_000, 700_000), bytes.subarray(100_000, 800_000)),
          0,
        );
      },
    );
  });

  it('asks for no more than up to the announced end, and for little more when that is asked for', async () => {
    await withServer(
      (request, response) => answerRange(request, response),
      async (address, seen) => {
        await using source = await openHttp(address, quick);
        const connection = seen[0]!.socket;
        let position = 100_000;
        for await (const chunk of source.stream(position, { end: 400_000 })) {
          position += chunk.length;
          if (position >= 400_000) break;
        }
        assert.equal(position, 400_000);
        assert.deepEqual(
          seen.slice(1).map(({ headers }) => headers.range),
          ['bytes=100000-399999'],
        );
        for await (const chunk of source.stream(100_000, { end: 100_001 })) {
          position += chunk.length;
          if (position > 400_001) break;
        }
        assert.deepEqual(
          seen.slice(2).map(({ headers }) => headers.range),
          ['bytes=100000-100000', 'bytes=100001-362144'],
        );
        // A reader that leaves with the last byte of an answer leaves its connection for the next request.
        assert.ok(seen.every(({ socket }) => socket === connection));
      },
    );
  });

  it('gives up when repeated requests bring nothing', async () => {
    let requests = 0;
    await withServer(
      (request, response) => {
        if (requests++ === 0) answerRange(request, response);
        else response.destroy();
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        await assert.rejects(
          drain(source),
          (error) => error instanceof SourceError && error.message.includes('connection was lost'),
        );
        // The opening, a try on the connection that was kept, and those that count.
        assert.equal(requests, 1 + 1 + 1 + quick.retries);
      },
    );
  });

  it('repeats a request that a busy server refuses', async () => {
    let requests = 0;
    await withServer(
      (request, response) => {
        if (requests++ % 2 === 0) response.writeHead(503).end('busy');
        else answerRange(request, response);
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        assert.equal(Buffer.compare(await drain(source), bytes), 0);
      },
    );
  });

  it('does not mix two states of a resource', async () => {
    for (const changed of [
      (request: IncomingMessage, response: ServerResponse) =>
        answerRange(request, response, { etag: '"v2"' }),
      (request: IncomingMessage, response: ServerResponse) =>
        answerRange(request, response, { body: bytes.subarray(1) }),
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(200, { etag: '"v2"' }).end(bytes),
    ]) {
      let requests = 0;
      await withServer(
        (request, response) => {
          if (requests++ === 0) answerRange(request, response, { cut: 65_536 });
          else changed(request, response);
        },
        async (address) => {
          await using source = await openHttp(address, quick);
          await assert.rejects(drain(source), SourceError);
          await assert.rejects(source.read(500_000, 10), SourceError);
        },
      );
    }
  });

  it('asks without a condition where a server answers every condition with the whole', async () => {
    await withServer(
      (request, response) => {
        if (request.headers['if-range'] === undefined) answerRange(request, response);
        else response.writeHead(200, { etag: '"v1"' }).end(bytes);
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        assert.equal(Buffer.compare(await drain(source), bytes), 0);
      },
    );
  });

  it('does so for reads side by side, each of which was asked with the condition', async () => {
    const held: (() => void)[] = [];
    await withServer(
      (request, response) => {
        if (request.headers['if-range'] === undefined) answerRange(request, response);
        else held.push(() => response.writeHead(200, { etag: '"v1"' }).end(bytes));
        if (held.length === 2) for (const answer of held.splice(0)) answer();
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        const parts = await Promise.all([source.read(100_000, 10), source.read(200_000, 10)]);
        assert.deepEqual(parts, [bytes.slice(100_000, 100_010), bytes.slice(200_000, 200_010)]);
      },
    );
  });

  it('never takes a lost connection for the end where the server knows no ranges', async () => {
    await withServer(
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 400_000), () => response.destroy());
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        assert.equal(source.seekable, false);
        assert.equal(source.size, bytes.length);
        await assert.rejects(drain(source), SourceError);
      },
    );
  });

  it('refuses a range that was not asked for', async () => {
    await withServer(
      (request, response) => {
        if (request.headers.range === 'bytes=0-65535') answerRange(request, response);
        else {
          response.writeHead(206, { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` });
          response.end(bytes);
        }
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        await assert.rejects(source.read(500_000, 10), /another range/);
      },
    );
  });

  it('reads a resource whose size the server does not know in one piece', async () => {
    await withServer(
      (request, response) => {
        if (request.headers.range === undefined) {
          response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(bytes);
        } else response.writeHead(206, { 'content-range': 'bytes 0-65535/*' }).end(bytes.subarray(0, 65_536));
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        assert.equal(source.seekable, false);
        assert.equal(source.size, undefined);
        assert.equal(source.identity, undefined);
        assert.equal(Buffer.compare(await drain(source), bytes), 0);
      },
    );
  });

  it('opens an empty resource', async () => {
    await withServer(
      (_, response) => response.writeHead(416, { 'content-range': 'bytes */0' }).end(),
      async (address) => {
        await using source = await openHttp(address, quick);
        assert.equal(source.size, 0);
        assert.equal((await drain(source)).length, 0);
      },
    );
  });

  it('uses one connection for requests that follow each other', async () => {
    const ports = new Set<number | undefined>();
    await withServer(
      (request, response) => {
        ports.add(request.socket.remotePort);
        answerRange(request, response);
      },
      async (address) => {
        await using source = await openHttp(address, quick);
        for (let at = 100_000; at < 900_000; at += 100_000) await source.read(at, 5000);
        assert.equal(ports.size, 1);
      },
    );
  });

  it('ends a stalled read by its own clock, by the signal, and when it is closed', async () => {
    await withServer(
      (request, response) => {
        if (request.headers.range === 'bytes=0-65535') answerRange(request, response);
        else
          response.writeHead(206, { 'content-range': `bytes 100000-100009/${bytes.length}` }).flushHeaders();
      },
      async (address) => {
        await using silent = await openHttp(address, { ...quick, retries: 1, idleTimeoutMs: 20 });
        await assert.rejects(
          silent.read(100_000, 10),
          (error) => error instanceof SourceError && error.context['timeout'] === true,
        );

        await using source = await openHttp(address, quick);
        const abort = new AbortController();
        const reason = new Error('seeked');
        const aborted = source.read(100_000, 10, { signal: abort.signal });
        setImmediate(() => abort.abort(reason));
        await assert.rejects(aborted, reason);

        const closed = source.read(100_000, 10);
        setImmediate(() => void source[Symbol.asyncDispose]());
        await assert.rejects(closed, /after it was closed/);
      },
    );
  });

  it('ends a read that gets on by a byte now and then, as one that has stalled', async () => {
    const drips: NodeJS.Timeout[] = [];
    await withServer(
      (request, response) => {
        if (request.headers.range === 'bytes=0-65535') {
          answerRange(request, response);
          return;
        }
        const start = Number(/\d+/.exec(request.headers.range!)![0]);
        response.writeHead(206, { 'content-range': `bytes ${start}-499999/${bytes.length}` });
        drips.push(setInterval(() => response.write(bytes.subarray(0, 1)), 5));
      },
      async (address, seen) => {
        await using source = await openHttp(address, { ...quick, retries: 1, idleTimeoutMs: 50 });
        await assert.rejects(
          source.read(100_000, 400_000),
          (error) => error instanceof SourceError && error.context['timeout'] === true,
        );
        const reads = seen.filter(({ headers }) => headers.range !== 'bytes=0-65535');
        assert.equal(reads.length, 2);
      },
    );
    for (const drip of drips) clearInterval(drip);
  });

  it('leaves no connection behind', async () => {
    const connectionsClosed: Promise<unknown>[] = [];
    await withServer(
      (request, response) => {
        connectionsClosed.push(new Promise((resolve) => request.socket.once('close', resolve)));
        answerRange(request, response);
      },
      async (address) => {
        const source = await openHttp(address, quick);
        const partly = source.stream(0)[Symbol.asyncIterator]();
        await partly.next();
        await partly.next();
        await source[Symbol.asyncDispose]();
        await assert.rejects(async () => {
          while ((await partly.next()).done !== true) continue;
        }, SourceError);
        // Would never end if a connection stayed open.
        await Promise.all(connectionsClosed);
      },
    );
  });

  it('follows redirects, and keeps its secrets from other origins', async () => {
    await withServer(
      (request, response) => answerRange(request, response),
      async (elsewhere, seenElsewhere) => {
        await withServer(
          (request, response) => {
            if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
            else if (request.url === '/file')
              response.writeHead(301, { location: 'file:///etc/passwd' }).end();
            else response.writeHead(307, { location: `${elsewhere}/b?token=1` }).end();
          },
          async (address, seen) => {
            const withUser = address.replace('//', '//me:secret@');
            const headers = { cookie: 'a=b', 'X-Api-Key': 'k', 'accept-language': 'de' };
            await using source = await openHttp(`${withUser}/a?key=2`, { ...quick, headers });
            assert.equal(source.name, `${address}/a`);
            assert.equal(source.identity, `http:${address}/a?key=2#"v1"`);
            // echo -n me:secret | base64
            assert.equal(seen[0]!.headers.authorization, 'Basic bWU6c2VjcmV0');
            assert.equal(seenElsewhere[0]!.headers.authorization, undefined);
            assert.equal(seenElsewhere[0]!.headers.cookie, undefined);
            assert.equal(seen[0]!.headers['x-api-key'], 'k');
            assert.equal(seenElsewhere[0]!.headers['x-api-key'], undefined);
            assert.equal(seenElsewhere[0]!.headers['accept-language'], 'de');
            await assert.rejects(openHttp(`${address}/loop`, quick), /more than 10 redirects/);
            await assert.rejects(openHttp(`${address}/file`, quick), /cannot be followed/);
          },
        );
      },
    );
  });

  it('says in words why an address cannot be opened', async () => {
    await withServer(
      (_, response) => response.writeHead(404).end(),
      async (address) => {
        await assert.rejects(openHttp(`${address}/x?secret=1`, quick), {
          message: `${address}/x answered with HTTP status 404 (not found).`,
        });
      },
    );
    await assert.rejects(openHttp('http://127.0.0.1:9/x', quick), /connection was refused/);
    await assert.rejects(openHttp('ftp://example.org/x'), RequestError);
    await assert.rejects(openHttp('not an address'), RequestError);
  });

  it('goes to where a redirect led, and asks the address again when that has expired', async () => {
    let token = 0;
    await withServer(
      (request, response) => {
        if (request.url === '/film') {
          response.writeHead(302, { location: `/signed?token=${++token}` }).end();
        } else if (request.url === `/signed?token=${token}`) {
          answerRange(request, response);
        } else {
          response.writeHead(403).end();
        }
      },
      async (address, seen) => {
        await using source = await openHttp(`${address}/film`, quick);
        await source.read(100_000, 10);
        await source.read(200_000, 10);
        const urls = (): (string | undefined)[] => seen.map(({ url }) => url);
        assert.deepEqual(urls(), ['/film', '/signed?token=1', '/signed?token=1', '/signed?token=1']);
        token++;
        seen.length = 0;
        assert.deepEqual(await source.read(300_000, 10), bytes.subarray(300_000, 300_010));
        assert.deepEqual(urls(), ['/signed?token=1', '/film', '/signed?token=3']);
      },
    );
  });

  it('asks for a signed address again when it is refused, once', async () => {
    let valid = 1;
    await withServer(
      (request, response) => {
        if (request.url === `/film?sig=${valid}`) answerRange(request, response);
        else response.writeHead(403).end();
      },
      async (address, seen) => {
        let given = 0;
        const sign = (): string => `${address}/film?sig=${++given}`;
        await using source = await openHttp(sign, { ...quick, resource: 's3://bucket/film' });
        assert.equal(source.identity, 'http:s3://bucket/film#"v1"');
        await source.read(100_000, 10);
        valid = 2;
        assert.deepEqual(await source.read(200_000, 10), bytes.subarray(200_000, 200_010));
        assert.equal(given, 2);
        valid = 0;
        seen.length = 0;
        await assert.rejects(source.read(300_000, 10), /HTTP status 403/);
        assert.equal(seen.length, 2);
      },
    );
  });

  it('gives up on answers that announce a range and hold nothing of it', async () => {
    await withServer(
      (request, response) => {
        if (request.headers.range === 'bytes=0-65535') answerRange(request, response);
        else {
          response.writeHead(206, {
            'content-range': `bytes 100000-100009/${bytes.length}`,
            'content-length': 0,
          });
          response.end();
        }
      },
      async (address, seen) => {
        await using source = await openHttp(address, quick);
        await assert.rejects(source.read(100_000, 10), /sent nothing of the range/);
        assert.equal(seen.length, 1 + 1 + quick.retries);
      },
    );
  });

  it('does not wait for a server that wants to be left alone for long', async () => {
    await withServer(
      (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end(),
      async (address, seen) => {
        await assert.rejects(openHttp(address, quick), /HTTP status 503/);
        assert.equal(seen.length, 1);
      },
    );
  });

  it('asks a server no more that wants to be left alone in the middle, and reads on what it has', async () => {
    await withServer(
      (request, response) => {
        if (request.headers.range === 'bytes=0-65535') answerRange(request, response);
        else response.writeHead(429, { 'retry-after': '120' }).end();
      },
      async (address, seen) => {
        await using source = await openHttp(address, quick);
        const isAskedToWait = (error: unknown): boolean =>
          error instanceof SourceError &&
          error.context['status'] === 429 &&
          Number(error.context['retryAfterMs']) > 100_000;
        for (let reads = 0; reads < 3; reads++) await assert.rejects(source.read(100_000, 10), isAskedToWait);
        assert.deepEqual(await source.read(10, 10), bytes.subarray(10, 20));
        assert.equal(seen.length, 2);
      },
    );
  });

  it('keeps to the limit of connections, and shares them among sources', async () => {
    let open = 0;
    let most = 0;
    await withServer(
      (request, response) => {
        most = Math.max(most, ++open);
        response.once('close', () => open--);
        setImmediate(() => answerRange(request, response));
      },
      async (address, seen) => {
        using pool = new HttpPool({ limit: new ConnectionLimit({ total: 3, perHost: 2 }) });
        const sources = await Promise.all(
          Array.from({ length: 6 }, () => openHttp(address, { ...quick, pool })),
        );
        await Promise.all(sources.map((source) => drain(source)));
        for (const source of sources) await source[Symbol.asyncDispose]();
        assert.equal(most, 2);
        assert.ok(new Set(seen.map(({ socket }) => socket)).size <= 3);
      },
    );
  });

  it('refuses at once a part that is longer than it says', async () => {
    await withServer(
      (_, response) => {
        const headers = { 'content-range': `bytes 0-65535/${bytes.length}`, 'content-length': 70_000 };
        response.writeHead(206, headers).write(bytes.subarray(0, 65_536));
      },
      async (address, seen) => {
        await assert.rejects(openHttp(address, quick), /announced 70000 bytes for a range of 65536/);
        assert.equal(seen.length, 1);
      },
    );
  });

  it('takes a percent sign in a password for what it is', async () => {
    await withServer(
      (request, response) => answerRange(request, response),
      async (address, seen) => {
        await using _source = await openHttp(address.replace('//', '//me:100%@'), quick);
        // echo -n me:100% | base64
        assert.equal(seen[0]!.headers.authorization, 'Basic bWU6MTAwJQ==');
      },
    );
  });

  it('refuses to set the headers that are its own', async () => {
    for (const name of ['Range', 'Host', 'If-Range', 'Transfer-Encoding', 'bad name']) {
      await assert.rejects(openHttp('http://127.0.0.1:9/', { headers: { [name]: 'x' } }), RequestError);
    }
    await assert.rejects(openHttp('http://127.0.0.1:9/', { headers: { a: 'x\r\nb: c' } }), RequestError);
  });

  it('refuses a body that is compressed although it was not asked to be', async () => {
    await withServer(
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      async (address) => {
        await assert.rejects(openHttp(address, quick), /encoding gzip/);
      },
    );
  });

  it('takes the status of an error whose page is compressed', async () => {
    let busy = 2;
    await withServer(
      (request, response) => {
        const headers = { 'content-encoding': 'gzip' };
        if (request.url === '/gone') response.writeHead(404, headers).end('x');
        else if (busy-- > 0) response.writeHead(503, headers).end('x');
        else answerRange(request, response);
      },
      async (address) => {
        await assert.rejects(openHttp(`${address}/gone`, quick), /status 404 \(not found\)/);
        await using source = await openHttp(address, quick);
        assert.equal(source.size, bytes.length);
      },
    );
  });
});
