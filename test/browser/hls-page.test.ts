import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser, openPage } from './chromium.js';
import { FILM, filmPath } from './films.js';
import { startHlsServer, type HlsServer } from './hls-server.js';
import type { PageDocument, PageInput } from './page-types.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

describe('the page and HLS', { skip: missingBrowser() || missingTools('the page', 'ffmpeg') }, () => {
  let engine: EnginePool;
  let server: HlsServer;
  let browser: Browser;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-page-'));
    engine = createEnginePool();
    server = await startHlsServer([filmPath(FILM)], engine);
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  async function seek(page: Page, seconds: number): Promise<void> {
    await page.locator('#seek').evaluate((bar: PageInput, value) => {
      bar.value = String(value);
      bar.dispatchEvent(new Event('input'));
      bar.dispatchEvent(new Event('change'));
    }, seconds);
    await isPlayedFrom(page, seconds);
  }

  async function isPlayedFrom(page: Page, seconds: number): Promise<void> {
    await page.waitForFunction((from) => {
      const video = document.querySelector('video')!;
      return !video.seeking && video.currentTime > from && video.currentTime < from + 8;
    }, seconds);
  }

  for (const how of ['', '?player=native']) {
    it(`plays by HLS and seeks at once to what was never fetched ${how}`, async () => {
      const { page, complaints, streams } = await openPage(
        browser,
        `${server.url}/${how}#${server.refs[0]!}`,
      );
      await isPlayedFrom(page, 0.5);
      await seek(page, 40);
      await seek(page, 20);
      await seek(page, 0);
      assert.deepEqual(streams, [], 'no stream is asked for');
      assert.equal(await page.locator('#duration').innerText(), '0:50');
      assert.equal(await page.locator('#mode').innerText(), '');
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }

  it('says what this browser plays, and shows what happens to each track then', async () => {
    const { page } = await openPage(browser, server.url);
    const asked = page.waitForRequest(/master\.m3u8/);
    await page.locator('#library button').first().click();
    const query = new URL((await asked).url()).searchParams;
    assert.match(query.get('video')!, /^h264(,hevc)?,av1,vp9$/);
    assert.match(query.get('audio')!, /^aac,opus,flac(,ac3)?(,eac3)?$/);
    await page.locator('#tracks tbody tr').nth(2).waitFor();
    const rows = await page.locator('#tracks tbody tr').allInnerTexts();
    assert.match(rows[0]!, /h264.*copied/s);
    assert.match(rows[1]!, /eac3.*English.*transcoded/s);
    assert.match(rows[2]!, /aac.*German.*copied/s);
    await page.close();
  });

  it('changes the audio track where it is', async () => {
    const { page, complaints, streams } = await openPage(browser, `${server.url}#${server.refs[0]!}`);
    await isPlayedFrom(page, 0.5);
    await seek(page, 20);
    assert.equal(await page.locator('#audio').inputValue(), '2');
    const german = page.waitForResponse(/\/a3-[^/]+\/\d+\.m4s/);
    await page.locator('#audio').selectOption('3');
    assert.equal((await german).status(), 200);
    await isPlayedFrom(page, 20);
    assert.equal(await page.locator('#audio').inputValue(), '3');
    assert.deepEqual(streams, []);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('plays one continuous stream where HLS is refused, and says why', async () => {
    const refusal = 'There is no index, and the file is too large to scan.';
    const page = await browser.newPage();
    await page.route('**/master.m3u8*', (route) =>
      route.fulfill({
        status: 415,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'unsupported_media', message: refusal } }),
      }),
    );
    await page.goto(`${server.url}#${server.refs[0]!}`);
    await isPlayedFrom(page, 0.5);
    assert.equal(await page.locator('#mode').innerText(), `Played as one continuous stream. ${refusal}`);
    await seek(page, 30);
    await page.close();
  });

  it('says what was wrong when playing cannot go on, and takes it up there when asked to', async () => {
    const { page } = await openPage(browser, `${server.url}#${server.refs[0]!}`);
    await isPlayedFrom(page, 0.5);
    await page.locator('#audio').selectOption('3');
    const message = 'The source has changed since this playlist was made.';
    await page.route('**/*.m4s', (route) =>
      route.fulfill({
        status: 404,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'bad_request', message } }),
      }),
    );
    await page.locator('#audio').selectOption('2');
    await page.locator('#problem').waitFor();
    assert.equal(await page.locator('#problem').innerText(), message);
    await page.unroute('**/*.m4s');
    await page.locator('#seek').evaluate((bar: PageInput) => {
      bar.value = '30';
      bar.dispatchEvent(new Event('change'));
    });
    await isPlayedFrom(page, 30);
    assert.equal(await page.locator('#problem').isVisible(), false);
    assert.equal(await page.locator('#audio').inputValue(), '2');
    await page.close();
  });

  it('says in words what cannot be played at all', async () => {
    const broken = join(folder, 'broken.mkv');
    writeFileSync(broken, 'This is no film.');
    await using other = await startHlsServer([broken], engine);
    const { page } = await openPage(browser, `${other.url}#${other.refs[0]!}`);
    await page.locator('#problem').waitFor();
    assert.match(await page.locator('#problem').innerText(), /\w+ .*\.$/);
    await page.close();
  });
});
