import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { launchOnce, serveFilms } from './film-suite.js';
import { FILM } from './films.js';
import { startHlsServer } from './hls-server.js';
import { driveChromium, PlayerScreen } from './player-screen.js';
import { PATIENCE_MS } from './programs.js';

describe('the page and HLS', { skip: missingBrowser() || missingTools('the page', 'ffmpeg') }, () => {
  const served = serveFilms([FILM]);
  const browser = launchOnce(launchChromium);

  /** Opens the page of an item. */
  async function open(how = '', { url, refs } = served.server): ReturnType<typeof openPlayer> {
    return await openPlayer(browser(), `${url}/m/${refs[0]!}/play${how}`);
  }

  for (const how of ['', '?player=native']) {
    it(`plays by HLS and seeks at once to what was never fetched ${how}`, async () => {
      const { page, screen, streams } = await open(how);
      await screen.isPlayedFrom(0.5);
      for (const seconds of [40, 20, 0]) await screen.seek(seconds);
      assert.deepEqual(streams, [], 'no stream is asked for');
      assert.match(await screen.times(), / \/ 0:50$/);
      assert.equal(await screen.text('.mode'), '');
      screen.isQuiet();
      await page.close();
    });
  }

  it('says what this browser plays, and shows what happens to each track then', async () => {
    const page = await browser().newPage();
    const asked = page.waitForRequest(/master\.m3u8/);
    await page.goto(`${served.server.url}/m/${served.server.refs[0]!}/play`);
    const query = new URL((await asked).url()).searchParams;
    assert.match(query.get('video')!, /^h264(,hevc)?,av1,vp9$/);
    assert.match(query.get('audio')!, /^aac,opus,flac(,ac3)?(,eac3)?$/);
    const screen = new PlayerScreen(driveChromium(page));
    await page.keyboard.press('i');
    const rows = await screen.tracks();
    assert.match(rows[0]!, /H\.264.*copied/s);
    assert.match(rows[1]!, /Dolby Digital Plus.*English.*transcoded/s);
    assert.match(rows[2]!, /AAC.*German.*copied/s);
    await page.close();
  });

  it('changes the audio track where it is', async () => {
    const { page, screen, streams } = await open();
    await screen.isPlayedFrom(0.5);
    await screen.seek(20);
    assert.deepEqual(await screen.offers('Audio track'), [
      '* English, 5.1 · Dolby Digital Plus · transcoded',
      'German, stereo · AAC · copied',
    ]);
    const german = page.waitForResponse(/\/a3-[^/]+\/\d+\.m4s/);
    await screen.choose('Audio track', 'German');
    assert.equal((await german).status(), 200);
    await screen.isPlayedFrom(20, 25);
    assert.match((await screen.offers('Audio track'))[1]!, /^\* German/);
    assert.deepEqual(streams, []);
    screen.isQuiet();
    // Whoever chose German once hears German in what is played next.
    await page.reload();
    await screen.isPlayedFrom(20, 25);
    assert.match((await screen.offers('Audio track'))[1]!, /^\* German/);
    await page.close();
  });

  it('plays one continuous stream where HLS is refused, and says why', async () => {
    const refusal = 'There is no index, and the file is too large to scan.';
    const page = await browser().newPage();
    await page.route('**/master.m3u8*', (route) =>
      route.fulfill({
        status: 415,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'unsupported_media', message: refusal } }),
      }),
    );
    await page.goto(`${served.server.url}/m/${served.server.refs[0]!}/play`);
    const screen = new PlayerScreen(driveChromium(page));
    await screen.isPlayedFrom(0.5);
    assert.equal(await screen.text('.mode'), `Played as one continuous stream. ${refusal}`);
    await screen.seek(30);
    await page.close();
  });

  it('says what was wrong when playing cannot go on, and takes it up there when asked to', async () => {
    const { page, screen } = await open();
    await screen.isPlayedFrom(0.5);
    await screen.choose('Audio track', 'German');
    const message = 'The source has changed since this playlist was made.';
    await page.route('**/*.m4s', (route) =>
      route.fulfill({
        status: 404,
        contentType: 'application/json',
        body: JSON.stringify({ error: { code: 'bad_request', message } }),
      }),
    );
    await screen.choose('Audio track', 'English');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.equal(await alert.innerText(), message);
    assert.deepEqual(await page.locator('.status.problem button').allInnerTexts(), [
      'Try again',
      'Play as one stream',
      'Back to the library',
    ]);
    await page.unroute('**/*.m4s');
    await screen.seek(30);
    assert.equal(await alert.count(), 0);
    assert.match((await screen.offers('Audio track'))[0]!, /^\* English/);
    await page.close();
  });

  it('says in words what cannot be played at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'segmint-page-'));
    const broken = join(folder, 'broken.mkv');
    writeFileSync(broken, 'This is no film.');
    await using other = await startHlsServer([broken], served.engine);
    const { page } = await open('', other);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), /\w+ .*\.$/);
    await page.close();
    rmSync(folder, { recursive: true });
  });
});

/** The page of an item, and the streams that it asks for. */
async function openPlayer(
  browser: Browser,
  url: string,
): Promise<{ page: Page; screen: PlayerScreen; streams: readonly string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const streams: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.endsWith('/stream.mp4')) streams.push(request.url());
  });
  const screen = new PlayerScreen(driveChromium(page));
  await page.goto(url);
  return { page, screen, streams };
}
