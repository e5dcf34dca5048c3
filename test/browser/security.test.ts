/** The page where keys and signed links are asked for, and where files have names that would like to be more than names. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { signLink } from '../../src/server/signed-link.js';
import { SegmintServer } from '../support/segmint-server.js';
import { missingTools } from '../support/tools.js';
import { complaintsOf, launchChromium, missingBrowser, openPage } from './chromium.js';
import type { PageDocument } from './page-types.js';
import { driveChromium, PlayerScreen } from './player-screen.js';
import { PATIENCE_MS } from './programs.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

const KEY = 'a-key-of-twenty-characters';
const SECRET = { id: 'k1', key: '0123456789abcdef0123456789abcdef' };
const NAMES = [
  '<img src=x onerror=document.title="hit">.mkv',
  '"><script>document.title="hit"<\u2215script>.mkv',
  "'onmouseover='document.title=1' x='.mkv",
  'turned \u202egpj.exe.mkv',
  'two\nlines.mkv',
  '{{7*7}}${7*7}%3Cb%3E&lt;b&gt;.mkv',
  `${'long '.repeat(40)}.mkv`,
];

describe('the page behind keys', { skip: missingBrowser() || missingTools('the page', 'ffmpeg') }, () => {
  let folder = '';
  let server: SegmintServer;
  let browser: Browser;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-page-security-'));
    const title = '<img src=x onerror=document.title="hit">"\n#EXT-X-ENDLIST';
    const media =
      '-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 -f lavfi -i sine=duration=4 -c:v libx264 -preset ultrafast -c:a aac';
    const tags = [
      '-metadata',
      `title=${title}`,
      '-metadata:s:a:0',
      `title=${title}`,
      '-metadata:s:a:0',
      'language=eng',
    ];
    execFileSync('ffmpeg', ['-v', 'error', ...media.split(' '), ...tags, join(folder, 'film.mkv')]);
    for (const name of NAMES) copyFileSync(join(folder, 'film.mkv'), join(folder, name));
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('.mkv')]),
      'x',
    );
    server = await SegmintServer.start(
      [folder],
      '--store',
      'none',
      '--api-key',
      KEY,
      '--link-secret',
      `${SECRET.id}:${SECRET.key}`,
    );
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function isPlaying(page: Page): Promise<void> {
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
  }

  it('plays the item of a signed link, whose key it does not have, and shows no library', async () => {
    const link = signLink(SECRET, {
      item: { root: 0, path: 'film.mkv' },
      expires: new Date(Date.now() + 60_000),
    });
    const { page, complaints } = await openPage(browser, new URL(link, server.url).href);
    const segment = await page.waitForResponse(/\.m4s$/);
    assert.equal(segment.headers()['cache-control'], 'private, max-age=31536000, immutable');
    await isPlaying(page);
    const screen = new PlayerScreen(driveChromium(page));
    assert.match(await screen.text('h1'), /^<img src=x/);
    await page.keyboard.press('i');
    assert.match((await screen.tracks())[1]!, /<img src=x/);
    assert.equal(await page.locator('.player :is(.tracks img, h1 img, .top-bar img)').count(), 0);
    assert.equal(await page.getByRole('button', { name: /library|previous|next/i }).count(), 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('asks for the key, and shows names as text', async () => {
    const context = await browser.newContext({ httpCredentials: { username: 'me', password: KEY } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints = complaintsOf(page);
    const response = (await page.goto(server.url))!;
    assert.equal(response.status(), 200);
    const headers = await response.allHeaders();
    const policy = headers['content-security-policy']!;
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(policy.includes(directive), directive);
    }
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['strict-transport-security'], undefined);
    const names = page.locator('a[href$="/play"]');
    await names.nth(NAMES.length).waitFor();
    // What is not UTF-8 cannot be named in an address, and is not listed.
    assert.equal(await names.count(), NAMES.length + 1);
    const shown = await names.allTextContents();
    for (const name of NAMES.filter((each) => !/[\n\u202e]/.test(each)))
      assert.ok(
        shown.some((text) => text.includes(name.replace(/\.mkv$/, '').trim())),
        name,
      );
    assert.equal(await page.locator('main :is(script, b, img[src="x"])').count(), 0);
    for (const index of [0, 1, 4]) {
      await names.nth(index).click();
      await isPlaying(page);
      await page.goBack();
      await names.nth(NAMES.length).waitFor();
    }
    assert.doesNotMatch(await page.title(), /^hit/);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  it('is framed by nobody', async () => {
    const link = new URL(
      signLink(SECRET, { item: { root: 0, path: 'film.mkv' }, expires: new Date(Date.now() + 60_000) }),
      server.url,
    );
    const elsewhere = createServer((_request, response) => {
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><iframe src="${link.href}"></iframe>`);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    const { page, complaints } = await openPage(
      browser,
      `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`,
    );
    assert.equal(await page.frames()[1]!.locator('video').count(), 0);
    assert.match(complaints.join(' '), /frame-ancestors/);
    await page.close();
    elsewhere.close();
  });
});
