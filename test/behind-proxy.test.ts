/** A server behind nginx: from where a request came is believed of proxies that are named, and of nobody else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseLinkSecret, signLink } from '../src/server/signed-link.js';
import { startNginx, type Nginx } from './support/nginx.js';
import { SegmintServer } from './support/segmint-server.js';
import { missingTools } from './support/tools.js';

const SECRET = `k1:${'0123456789abcdef'.repeat(4)}`;
const LIMIT = 3;

/** Asks through nginx, under a name and from an address of which a proxy before it tells. */
function ask(url: string, host: string, from: string): Promise<IncomingMessage & { text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host, 'x-forwarded-for': from }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () => resolve(Object.assign(response, { text }))).once('error', reject);
    }).once('error', reject);
  });
}

describe('a server behind nginx', { skip: missingTools('a proxy', 'ffmpeg', 'nginx') }, () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-proxy-'));
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25:duration=2'];
    execFileSync('ffmpeg', ['-v', 'error', ...picture, '-c:v', 'libx264', join(folder, 'film.mkv')]);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function behindNginx(
    check: (nginx: Nginx) => Promise<void>,
    ...options: readonly string[]
  ): Promise<void> {
    const common = ['--engines', '1', '--store', 'none', '--max-opens-per-minute', String(LIMIT)];
    const server = await SegmintServer.start([folder], ...common, ...options);
    const { host } = new URL(server.url);
    const headers = [
      'X-Forwarded-For $proxy_add_x_forwarded_for',
      'X-Forwarded-Host $host',
      'X-Forwarded-Proto https',
      `Host ${host}`,
    ].map((header) => `proxy_set_header ${header};`);
    const proxy = `proxy_pass ${server.url}; proxy_http_version 1.1; ${headers.join(' ')}`;
    try {
      await using nginx = await startNginx(folder, `location /app/ { ${proxy} }`);
      await check(nginx);
    } finally {
      await server.stop();
    }
  }

  async function statuses({ url }: Nginx, host: string, from: string): Promise<(number | undefined)[]> {
    const all: (number | undefined)[] = [];
    for (let i = 0; i <= LIMIT; i++) all.push((await ask(`${url}/app/library.json`, host, from)).statusCode);
    return all;
  }

  const unlimited = Array.from({ length: LIMIT + 1 }, () => 200);
  const limited = [...unlimited.slice(1), 429];

  it('limits each address that the proxy tells of, and answers under the name that it was asked by', async () => {
    await behindNginx(
      async (nginx) => {
        assert.deepEqual(await statuses(nginx, 'media.example', '203.0.113.7'), limited);
        assert.deepEqual(await statuses(nginx, 'media.example', '198.51.100.1, 203.0.113.8'), limited);
        // The one before was the second's word alone, and no proxy's.
        assert.deepEqual(await statuses(nginx, 'media.example', '198.51.100.1'), limited);
        assert.equal((await ask(`${nginx.url}/app/healthz`, 'other.example', '203.0.113.9')).statusCode, 403);
      },
      ...['--trust-proxy', '127.0.0.0/8', '--allowed-host', 'media.example'],
    );
  });

  it('believes nobody who is not named', async () => {
    await behindNginx(
      async (nginx) => {
        assert.deepEqual(await statuses(nginx, 'other.example', '203.0.113.7'), unlimited);
      },
      ...['--trust-proxy', '10.9.9.9'],
    );
  });

  it('is reached by signed links below a path of the proxy: all that answers name is relative', async () => {
    await behindNginx(
      async ({ url }) => {
        const expires = new Date(Date.now() + 60_000);
        const item = { root: 0, path: 'film.mkv' };
        const link = signLink(parseLinkSecret(SECRET), { item, expires, file: 'master.m3u8' });
        const master = new URL(`app${link}`, `${url}/`);
        const list = (await ask(master.href, 'media.example', '203.0.113.7')).text;
        const video = new URL(
          list.split('\n').find((line) => /^[^#]/.test(line))!,
          master,
        );
        const playlist = (await ask(video.href, 'media.example', '203.0.113.7')).text;
        const name = playlist.split('\n').find((line) => line.endsWith('.m4s'))!;
        const segment = await ask(new URL(name, video).href, 'media.example', '203.0.113.7');
        assert.equal(segment.statusCode, 200);
        assert.equal(segment.headers['content-type'], 'video/mp4');
      },
      ...['--trust-proxy', '127.0.0.1', '--allowed-host', 'media.example', '--link-secret', SECRET],
    );
  });
});
