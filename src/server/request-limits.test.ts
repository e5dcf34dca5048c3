import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { errorResponse } from './error-response.js';
import { limitClients, refuseUnfit, SERVER_LIMITS, type ClientLimits } from './request-limits.js';

async function serverWith(limits: ClientLimits): Promise<FastifyInstance> {
  const app = fastify({ ...SERVER_LIMITS }) as unknown as FastifyInstance;
  app.setErrorHandler(async (error, _request, reply) => {
    const { status, headers, body } = errorResponse(error);
    return await reply.status(status).headers(headers).send(body);
  });
  refuseUnfit(app);
  await limitClients(app, limits, () => false);
  app.get('/library.json', () => ({}));
  app.get('/m/:ref/:rendition/:file', () => ({}));
  return app;
}

describe('limits of clients', () => {
  it('lets an address open so much in a minute, and others as much', async () => {
    const app = await serverWith({ maxOpensPerMinute: 2 });
    const statusFor = async (remoteAddress: string, url: string): Promise<number> =>
      (await app.inject({ url, remoteAddress })).statusCode;
    const statuses: number[] = [];
    for (const address of [
      '203.0.113.5',
      '203.0.113.5',
      '203.0.113.5',
      '203.0.113.6',
      '::ffff:203.0.113.5',
    ]) {
      statuses.push(await statusFor(address, '/library.json'));
    }
    assert.deepEqual(statuses, [200, 200, 429, 200, 429]);
    // This machine's own requests may be those of a proxy.
    for (let n = 0; n < 5; n++) assert.equal(await statusFor('127.0.0.1', '/library.json'), 200);
    const refused = await app.inject({ url: '/library.json', remoteAddress: '203.0.113.5' });
    assert.ok(Number(refused.headers['retry-after']) > 0);
    await app.close();
  });

  it('counts the parts of one item once, and those of each other item', async () => {
    const app = await serverWith({ maxOpensPerMinute: 2 });
    const statuses: number[] = [];
    for (const item of ['a', 'a', 'b', 'a', 'c', 'c', 'b']) {
      const url = `/m/${item}/v1/${statuses.length}.m4s`;
      statuses.push((await app.inject({ url, remoteAddress: '203.0.113.5' })).statusCode);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429, 200]);
    await app.close();
  });

  it('counts a household of IPv6 as one', async () => {
    const app = await serverWith({ maxOpensPerMinute: 1 });
    const statuses: number[] = [];
    for (const remoteAddress of ['2a00:1:2:3::1', '2a00:1:2:3:ffff::2', '2a00:1:2:4::1']) {
      statuses.push((await app.inject({ url: '/library.json', remoteAddress })).statusCode);
    }
    assert.deepEqual(statuses, [200, 429, 200]);
    await app.close();
  });

  it('closes connections above the most that there may be', async () => {
    const app = await serverWith({ maxConnections: 2 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const sockets: Socket[] = [];
    for (let n = 0; n < 2; n++) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.write('GET /library.json HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(socket, 'data');
    }
    const third = connect(port, '127.0.0.1');
    third.on('error', () => undefined);
    await once(third, 'close');
    for (const socket of sockets) socket.destroy();
    await app.close();
  });

  it('waits for no request longer than half a minute', async () => {
    const { server } = await serverWith({});
    assert.ok(server.headersTimeout > 0 && server.headersTimeout <= 30_000);
    assert.ok(server.requestTimeout > 0 && server.requestTimeout <= 30_000);
    assert.ok(server.keepAliveTimeout > 60_000, 'proxies keep connections for a minute');
  });
});
