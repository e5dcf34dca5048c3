/**
 * A server under attack, each attack a row: a real process, asked through raw sockets where clients would tidy up what is
 * sent. Nothing gets through, and each refusal is one sentence that comes at once.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { signLink } from '../src/server/signed-link.js';
import { REPOSITORY } from './support/repository.js';
import { SegmintServer } from './support/segmint-server.js';

const SECRET = 'what lies outside of the library';
const KEY = 'a-key-of-twenty-characters';
const LINK_SECRET = { id: 'k1', key: '0123456789abcdef0123456789abcdef' };

let folder = '';
const pathOf = (name: string): string => join(folder, name);
const refOf = (path: string): string => Buffer.from(path).toString('base64url');

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'segmint-security-'));
  for (const name of ['library/inside/.hidden', 'outside', 'library-2'])
    mkdirSync(pathOf(name), { recursive: true });
  writeFileSync(pathOf('outside/secret.mkv'), SECRET);
  writeFileSync(pathOf('library-2/secret.mkv'), SECRET);
  writeFileSync(pathOf('library/notes.txt'), SECRET);
  writeFileSync(pathOf('library/inside/.hidden/film.mkv'), SECRET);
  writeFileSync(pathOf('library/.film.mkv'), SECRET);
  writeFileSync(pathOf('library/film.mkv'), 'no film');
  writeFileSync(pathOf('library/ x\u001b[2J\u009b\u202e<img src=x onerror=alert(1)>"\'.mkv'), 'no film');
  mkdirSync(pathOf('library/folder.mkv'));
  symlinkSync(pathOf('outside/secret.mkv'), pathOf('library/link.mkv'));
  symlinkSync('../outside', pathOf('library/linked'));
  symlinkSync('film.mkv', pathOf('library/good-link.mkv'));
  symlinkSync('loop.mkv', pathOf('library/loop.mkv'));
  symlinkSync('/dev/zero', pathOf('library/zero.mkv'));
  linkSync(pathOf('library/film.mkv'), pathOf('library/hard-link.mkv'));
  execFileSync('mkfifo', [pathOf('library/pipe.mkv')]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Sends bytes as they are, and takes what comes until the server closes or has answered. */
async function send(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setEncoding('latin1');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
    if (isWhole(answer)) socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return answer;
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  const length = Number(/^content-length: (\d+)/im.exec(answer)?.[1] ?? Number.NaN);
  return end >= 0 && answer.length >= end + 4 + length;
}

const statusIn = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

async function ask(server: SegmintServer, target: string, ...headers: readonly string[]): Promise<string> {
  const { host } = new URL(server.url);
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers];
  return await send(server.url, `${lines.join('\r\n')}\r\n\r\n`);
}

describe('a server without a key, on loopback', { timeout: 300_000 }, () => {
  let server: SegmintServer;
  before(async () => {
    server = await SegmintServer.start([pathOf('library'), pathOf('library/film.mkv')], '--store', 'none');
  });
  after(() => server.stop());

  const PATHS: readonly (readonly [why: string, path: string, status: number])[] = [
    ['climbs', '../outside/secret.mkv', 403],
    ['climbs from within', 'inside/../../outside/secret.mkv', 403],
    ['climbs to a folder of like name', '../library-2/secret.mkv', 403],
    ['is absolute', '/etc/passwd', 403],
    ['is encoded', '%2e%2e/outside/secret.mkv', 404],
    ['is encoded twice', '%252e%252e%252foutside%252fsecret.mkv', 404],
    ['has a NUL', 'film.mkv\0.txt', 404],
    ['has backslashes', '..\\outside\\secret.mkv', 404],
    ['has dots of full width', '．．/outside/secret.mkv', 404],
    ['has an overlong dot', '\u00c0\u00ae\u00c0\u00ae/outside/secret.mkv', 404],
    ['has an empty part', 'inside//film.mkv', 404],
    ['stays where it is', './film.mkv', 404],
    ['is hidden', '.film.mkv', 404],
    ['is in a hidden folder', 'inside/.hidden/film.mkv', 404],
    ['is no media', 'notes.txt', 404],
    ['is a link that leads out', 'link.mkv', 403],
    ['is below a link that leads out', 'linked/secret.mkv', 403],
    ['is a link to a device', 'zero.mkv', 403],
    ['is a link to itself', 'loop.mkv', 404],
    ['is a pipe', 'pipe.mkv', 404],
    ['is a folder', 'folder.mkv', 404],
    ['goes through a file', 'film.mkv/x.mkv', 404],
    ['is longer than any', `${'x/'.repeat(2500)}x.mkv`, 404],
    ['is a longer name than any', `${'x'.repeat(300)}.mkv`, 404],
  ];
  for (const [why, path, status] of PATHS) {
    it(`does not serve a path that ${why}`, async () => {
      const targets = ['info.json', 'master.m3u8', 'stream.mp4'].flatMap((file) => [
        `/m/${refOf(`0/${path}`)}/${file}`,
        `/${file === 'info.json' ? 'play' : file}?src=${encodeURIComponent(path)}`,
      ]);
      for (const target of targets) {
        const answer = await ask(server, target);
        assert.equal(statusIn(answer), status, target);
        assert.ok(!answer.includes(SECRET) && !answer.includes(folder));
      }
    });
  }

  it('serves what links within the library lead to, and hard links', async () => {
    for (const path of ['0/film.mkv', '0/good-link.mkv', '0/hard-link.mkv', '1/film.mkv']) {
      // It is found, and is no film.
      assert.equal(statusIn(await ask(server, `/m/${refOf(path)}/info.json`)), 415, path);
    }
  });

  it('takes a reference in one spelling only, and roots that there are', async () => {
    const ref = refOf('0/film.mkv');
    for (const other of [
      `${ref}=`,
      `${ref}==`,
      `${ref.slice(0, -1)}%20`,
      refOf('00/film.mkv'),
      refOf('2/film.mkv'),
      refOf('1/other.mkv'),
      refOf('-1/film.mkv'),
    ]) {
      assert.equal(statusIn(await ask(server, `/m/${other}/info.json`)), 404, other);
    }
    for (const target of [
      '/m/../../etc/passwd',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/index.html',
      '//etc/passwd',
    ]) {
      assert.equal(statusIn(await ask(server, target)), 404, target);
    }
    assert.equal(statusIn(await ask(server, '/m/%/info.json')), 400);
  });

  it('lists nothing but what it serves', async () => {
    const listing = (await (await fetch(new URL('/library.json', server.url))).json()) as {
      items: { path: string }[];
    };
    const names = listing.items.map(({ path }) => path).sort();
    assert.deepEqual(
      names.filter((name) => /^[\w-]+\.mkv$/.test(name)),
      ['film.mkv', 'film.mkv', 'good-link.mkv', 'hard-link.mkv'],
    );
    assert.equal(names.length, 5);
  });

  const HOST = (): string => `Host: ${new URL(server.url).host}`;
  const REQUESTS: readonly (readonly [why: string, lines: () => string, status: readonly number[]])[] = [
    ['another method', () => `POST / HTTP/1.1\r\n${HOST()}\r\nContent-Length: 0\r\n\r\n`, [405]],
    ['DELETE', () => `DELETE / HTTP/1.1\r\n${HOST()}\r\n\r\n`, [405]],
    ['TRACE', () => `TRACE / HTTP/1.1\r\n${HOST()}\r\n\r\n`, [405]],
    ['CONNECT', () => `CONNECT example.org:443 HTTP/1.1\r\n${HOST()}\r\n\r\n`, [0, 400, 405]],
    ['OPTIONS without CORS', () => `OPTIONS * HTTP/1.1\r\n${HOST()}\r\n\r\n`, [404, 405]],
    [
      'an address of another server',
      () => `GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n`,
      [403],
    ],
    ['a body', () => `GET / HTTP/1.1\r\n${HOST()}\r\nContent-Length: 5\r\n\r\nhello`, [413]],
    [
      'a body without an end',
      () => `GET / HTTP/1.1\r\n${HOST()}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
      [413],
    ],
    [
      'two lengths',
      () => `GET / HTTP/1.1\r\n${HOST()}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello`,
      [400],
    ],
    [
      'a length and chunks',
      () => `GET / HTTP/1.1\r\n${HOST()}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      [400],
    ],
    [
      'an upgrade',
      () => `GET /nothing HTTP/1.1\r\n${HOST()}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
      [404],
    ],
    ['a long address', () => `GET /?${'x'.repeat(13_000)} HTTP/1.1\r\n${HOST()}\r\n\r\n`, [414]],
    ['many parameters', () => `GET /?${'a=1&'.repeat(65)} HTTP/1.1\r\n${HOST()}\r\n\r\n`, [400]],
    ['large headers', () => `GET / HTTP/1.1\r\n${HOST()}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, [431]],
    ['many headers', () => `GET / HTTP/1.1\r\n${HOST()}\r\n${'X: x\r\n'.repeat(4000)}\r\n`, [431]],
    ['no host', () => 'GET / HTTP/1.1\r\n\r\n', [400, 403]],
    ['a foreign host', () => 'GET /library.json HTTP/1.1\r\nHost: rebound.example\r\n\r\n', [403]],
    [
      'a host that hides a foreign one',
      () => 'GET / HTTP/1.1\r\nHost: localhost@rebound.example\r\n\r\n',
      [403],
    ],
    [
      'a host that begins like ours',
      () => 'GET / HTTP/1.1\r\nHost: localhost.rebound.example\r\n\r\n',
      [403],
    ],
    ['two hosts', () => `GET / HTTP/1.1\r\n${HOST()}\r\nHost: rebound.example\r\n\r\n`, [200, 400, 403]],
    ['no HTTP', () => 'hello\r\n\r\n', [400]],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 0]],
    ['a line feed in a header', () => `GET / HTTP/1.1\r\n${HOST()}\nX: y\rZ: z\r\n\r\n`, [400]],
  ];
  for (const [why, lines, statuses] of REQUESTS) {
    it(`refuses ${why}`, async () => {
      const answer = await send(server.url, lines());
      assert.ok(statuses.includes(statusIn(answer)), answer.slice(0, 300));
      if (statusIn(answer) === 405) assert.match(answer, /^allow: GET, HEAD\r$/im);
    });
  }

  it('answers requests in a row in their order', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `${`GET /healthz HTTP/1.1\r\n${HOST()}\r\n\r\n`.repeat(20)}GET /nothing HTTP/1.1\r\n${HOST()}\r\nConnection: close\r\n\r\n`,
    );
    let answers = '';
    for await (const text of socket.setEncoding('latin1')) answers += text as string;
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, [...Array<string>(20).fill('200'), '404']);
  });

  it('says of names what they are, and nothing that a terminal or a browser would do', async () => {
    const { items } = (await (await fetch(new URL('/library.json', server.url))).json()) as {
      items: { ref: string; path: string }[];
    };
    const odd = items.find(({ path }) => path.includes('onerror'))!;
    const response = await fetch(new URL(`/m/${odd.ref}/info.json`, server.url));
    assert.equal(response.status, 415);
    assert.match(response.headers.get('content-type')!, /^application\/json/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  });
});

describe('a server on every address', () => {
  it('does not start without a key or the consent of who starts it', () => {
    const main = join(import.meta.dirname, '../src/cli/main.js');
    const options = ['--host', '0.0.0.0', '--port', '0', '--store', 'none'];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, 'serve', pathOf('library'), ...options],
      {
        encoding: 'utf8',
        timeout: 240_000,
      },
    );
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^segmint: Whoever reaches 0\.0\.0\.0 .* --public .* --api-key-file\.\n$/);
  });
});

describe('a file that is opened', () => {
  it('must lie where it was found, though its path leads elsewhere by now', async () => {
    const within = pathOf('library');
    await assert.rejects(openFile(pathOf('library/link.mkv'), { within }), { reason: 'forbidden' });
    await assert.rejects(openFile(pathOf('library/linked/secret.mkv'), { within }), { reason: 'forbidden' });
    await assert.rejects(openFile(pathOf('library-2/secret.mkv'), { within }), { reason: 'forbidden' });
    await (await openFile(pathOf('library/film.mkv'), { within }))[Symbol.asyncDispose]();
    await (
      await openFile(pathOf('outside/secret.mkv'), { within: pathOf('outside/secret.mkv') })
    )[Symbol.asyncDispose]();
  });
});

describe('a server with a key', { timeout: 300_000 }, () => {
  let server: SegmintServer;
  before(async () => {
    writeFileSync(pathOf('keys'), `# mine\n${KEY}\nanother-key-of-many-characters\n`, { mode: 0o600 });
    writeFileSync(pathOf('secrets'), `${LINK_SECRET.id}:${LINK_SECRET.key}\n`, { mode: 0o600 });
    server = await SegmintServer.start(
      [pathOf('library')],
      ...['--store', 'none', '--cors', 'https://player.example'],
      ...['--api-key-file', pathOf('keys'), '--link-secret-file', pathOf('secrets')],
    );
  });
  after(() => server.stop());

  const ref = refOf('0/film.mkv');
  const basic = (password: string): string => `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;

  it('lets nobody in without one', async () => {
    const targets = [
      '/',
      '/library.json',
      '/play?src=film.mkv',
      '/master.m3u8?src=film.mkv',
      '/nothing',
      '/metrics',
    ];
    for (const file of ['info.json', 'master.m3u8', 'stream.mp4', 'play', 'v1/init.mp4', 'poster.jpg']) {
      targets.push(`/m/${ref}/${file}`);
    }
    const wrong = [
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${KEY}x`,
      `Bearer ${KEY.slice(1)}`,
      `Bearer x,Bearer ${KEY}`,
      basic('x'),
      basic(''),
      `Digest ${KEY}`,
      KEY,
      `Bearer ${'x'.repeat(4000)}`,
    ];
    for (const target of targets) {
      for (const header of target === '/library.json' ? wrong : wrong.slice(0, 2)) {
        const answer = await ask(server, target, ...(header === '' ? [] : [`Authorization: ${header}`]));
        assert.equal(statusIn(answer), 401, `${target} ${header}`);
        assert.match(answer, /^www-authenticate: Bearer .*\r\nwww-authenticate: Basic /im);
      }
    }
  });

  it('lets in whoever has one of them, and everybody to what tells nothing', async () => {
    for (const header of [
      `Bearer ${KEY}`,
      `bearer  ${KEY}`,
      'Bearer another-key-of-many-characters',
      basic(KEY),
    ]) {
      assert.equal(statusIn(await ask(server, '/library.json', `Authorization: ${header}`)), 200, header);
    }
    // Of the page, whose address changes with what is in it.
    const page = readdirSync(join(REPOSITORY, 'web/dist/assets')).find((name) => /^main-.*\.js$/.test(name))!;
    for (const target of ['/healthz', '/readyz', '/openapi.json', `/assets/${page}`])
      assert.equal(statusIn(await ask(server, target)), 200);
  });

  it('answers preflights before it asks for a key', async () => {
    const preflight = await fetch(new URL('/library.json', server.url), {
      method: 'OPTIONS',
      headers: {
        origin: 'https://player.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-headers')!, /Authorization/);
    assert.equal(preflight.headers.get('access-control-allow-credentials'), null);
    assert.match(preflight.headers.get('vary')!, /Origin/);
    const refused = await fetch(new URL('/library.json', server.url), {
      headers: { origin: 'https://player.example' },
    });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('access-control-allow-origin'), 'https://player.example');
  });

  it('opens the item of a signed link and nothing else', async () => {
    const expires = new Date(Date.now() + 60_000);
    const link = signLink(LINK_SECRET, { item: { root: 0, path: 'film.mkv' }, expires, file: 'info.json' });
    const signature = link.split('/')[2]!;
    // 415: it was let in, and the file is no film.
    const cases: readonly (readonly [target: string, status: number])[] = [
      [link, 415],
      [link.replace('info.json', 'master.m3u8?video=hevc'), 415],
      [link.replace('info.json', 'play'), 200],
      [`/m/${ref}/info.json?hls=none&sig=${signature}`, 302],
      [`/play?src=film.mkv&sig=${signature}`, 302],
      [`/play?src=hard-link.mkv&sig=${signature}`, 403],
      [`/play?src=absent.mkv&sig=${signature}`, 403],
      [`/play?src=http://127.0.0.1/x.mkv&sig=${signature}`, 403],
      [`/s/${signature}/m/${refOf('0/hard-link.mkv')}/info.json`, 403],
      [`/s/${signature}/library.json`, 401],
      [`/s/${signature}/m/../library.json`, 401],
      [`/library.json?sig=${signature}`, 401],
      [`/s/${signature.slice(0, -1)}/m/${ref}/info.json`, 403],
      [`/s/${signature.replace(/^k1/, 'k2')}/m/${ref}/info.json`, 403],
      [`/s//m/${ref}/info.json`, 401],
      [`/s/${signature}%00/m/${ref}/info.json`, 403],
      [`/s/${signature}/s/${signature}/m/${ref}/info.json`, 401],
      [signLink(LINK_SECRET, { item: ref, expires: new Date(Date.now() - 1000), file: 'info.json' }), 403],
    ];
    for (const [target, status] of cases) assert.equal(statusIn(await ask(server, target)), status, target);
    const redirect = await ask(server, `/play?src=film.mkv&sig=${signature}`);
    assert.match(redirect, new RegExp(`^location: /s/${signature}/m/${ref}/play\r$`, 'im'));
  });
});
