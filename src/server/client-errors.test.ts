import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { fastify, type FastifyInstance } from 'fastify';
import { ClientErrors } from './client-errors.js';

/** What comes over a connection until it is closed. */
async function exchange(app: FastifyInstance, ...sent: readonly string[]): Promise<string> {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let came = '';
  let pieces = 0;
  socket.setEncoding('utf8').on('data', (text: string) => {
    came += text;
    const next = sent[++pieces];
    if (next !== undefined) socket.write(next);
  });
  socket.on('error', () => undefined);
  socket.write(sent[0]!);
  await once(socket, 'close');
  return came;
}

async function serve(): Promise<FastifyInstance> {
  const errors = new ClientErrors({ 'x-content-type-options': 'nosniff' });
  const app = fastify({ clientErrorHandler: (error, socket) => errors.answer(error, socket) });
  app.addHook('onRequest', (_request, reply, done) => {
    errors.add(reply);
    done();
  });
  app.get('/half', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-length': 1000 }).write('the first half');
  });
  app.get('/whole', () => 'whole');
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

describe('bytes that are no request', () => {
  it('are answered in the form of all errors', async () => {
    const app = await serve();
    const long = 'a'.repeat(40_000);
    for (const [bytes, status] of [
      ['\u0016\u0003\u0001 hello\r\n\r\n', '400 Bad Request'],
      ['FOO / HTTP/1.1\r\nhost: x\r\n\r\n', '400 Bad Request'],
      [
        'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
        '400 Bad Request',
      ],
      [`GET / HTTP/1.1\r\nhost: x\r\nx: ${long}\r\n\r\n`, '431 Request Header Fields Too Large'],
    ] as const) {
      const [head, body] = (await exchange(app, bytes)).split('\r\n\r\n');
      assert.ok(head!.startsWith(`HTTP/1.1 ${status}\r\n`), head);
      assert.match(head!, /x-content-type-options: nosniff/);
      assert.match(head!, /cache-control: no-store/);
      assert.match(head!, new RegExp(`content-length: ${body!.length}(\r|$)`));
      const { error } = JSON.parse(body!) as { error: { code: string; message: string } };
      assert.equal(error.code, 'bad_request');
      assert.ok(error.message.length > 10);
    }
    await app.close();
  });

  it('are answered after an answer, and break one that is under way, of which they become no part', async () => {
    const app = await serve();
    const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    assert.match(
      await exchange(app, request('/whole'), 'nonsense\r\n\r\n'),
      /whole.*HTTP\/1\.1 400 Bad Request/s,
    );
    const broken = await exchange(app, request('/half'), 'nonsense\r\n\r\n');
    assert.ok(broken.endsWith('the first half'), broken);
    await app.close();
  });
});
