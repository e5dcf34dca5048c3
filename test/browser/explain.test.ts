import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { missingTools } from '../support/tools.js';
import { findBarriers } from './axe.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { FILM, filmPath } from './films.js';
import { missingFirefox } from './firefox.js';
import { startHlsServer, type HlsServer } from './hls-server.js';
import type { PageDocument } from './page-types.js';
import { driveChromium, openChromium, openFirefox, PlayerScreen } from './player-screen.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument & { readonly documentElement: { readonly scrollWidth: number } };

/** What of `info.json` the panel has to agree with. */
interface Info {
  readonly tracks: readonly { readonly id: number; readonly type: string; readonly action: string }[];
  readonly hls: {
    readonly plan: { readonly segments: number };
    readonly renditions: readonly { readonly trackId: number; readonly decision: { action: string } }[];
  };
}

const skip = missingBrowser() || missingTools('the panel', 'ffmpeg');

describe('the panel that explains', { skip }, () => {
  let engine: EnginePool;
  let server: HlsServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-explain-'));
    engine = createEnginePool();
    const [film, broken] = [join(folder, 'a film.mkv'), join(folder, 'broken.mkv')];
    addSubtitles(film);
    writeFileSync(broken, 'This is no film.');
    server = await startHlsServer([film, broken], engine);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  for (const [name, isSkipped, open] of [
    ['Chromium', skip, openChromium],
    ['Firefox', skip || missingFirefox(), openFirefox],
  ] as const) {
    it(`says what info.json says, and how it fares, in ${name}`, { skip: isSkipped }, async () => {
      await using browser = await open();
      const { driver } = browser;
      const screen = new PlayerScreen(driver);
      const asked = server.answers.length;
      await driver.goto(`${server.url}/m/${server.refs[0]!}/play`);
      await screen.isPlayedFrom(0.5);
      await driver.press('i');
      await screen.tracks();
      const { url } = server.answers.slice(asked).find((answer) => answer.url.includes('info.json'))!;
      const info = (await (await fetch(server.url + url)).json()) as Info;
      const told = await driver.evaluate(
        () =>
          [...document.querySelectorAll('.track-action')].map((badge) => badge.getAttribute('data-action')),
        undefined,
      );
      assert.deepEqual(told, info.tracks.map(expectedAction(info)));
      assert.ok(
        ['copy', 'transcode', 'beside'].every((action) => told.includes(action)),
        told.join(),
      );
      const facts = await screen.text('.explain');
      const { segments } = info.hls.plan;
      assert.match(facts, /^A Matroska file of 0:50, .* H\.264 video 320×180, 2 audio tracks and 1 subtitle/);
      assert.match(facts, /The file’s own\. It was tested/);
      // As the film was made: from 22 to 29.5 s, to the next picture.
      assert.match(facts, /Keyframes12, all of them looked at.*Largest gap7\.51 s/);
      assert.match(facts, new RegExp(`Plan${segments} segments of `));

      // All of it, as it is short.
      await screen.reads('.totals', `${2 * segments} segments received`);
      const answers = server.answers.slice(asked).filter((answer) => answer.url.endsWith('.m4s'));
      assert.equal(answers.length, 2 * segments);
      const pictures = await pictureCount(screen);
      await screen.seek(2);
      await driver.waitFor(
        (shown) => document.querySelector('.figures')?.textContent.includes(shown) === false,
        pictures,
      );
      await screen.choose('Audio track', 'German');
      await driver.waitFor(
        (count) => Number.parseInt(document.querySelector('.totals')?.textContent ?? '') > count,
        2 * segments,
      );
      assert.match(await screen.text('.figures'), /Segment time\d+ ms.*Cache hits\d+ %.*Line[\d.]+ Mbit/);
      await driver.press('i');
      await driver.waitFor(() => document.querySelector('.figures') === null, undefined);
      screen.isQuiet();
    });
  }

  it('tells the code of what failed, what helps, and by which number the server knows it', async () => {
    await using browser = await launchChromium();
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const screen = new PlayerScreen(driveChromium(page));
    const refused = page.waitForResponse(/\/info\.json/);
    await page.goto(`${server.url}/m/${server.refs[1]!}/play`);
    await page.getByRole('alert').waitFor();
    await page.keyboard.press('i');
    await page.locator('.problems').waitFor();
    const answer = await refused;
    assert.equal(answer.status(), 200, 'no error for the console');
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    assert.equal(await screen.text('.problem-code'), error.code);
    assert.match(await screen.text('.problems p'), new RegExp(`${error.message}$`));
    assert.match(await screen.text('.problem-advice'), /\w+ .*\.$/);
    const requestId = answer.headers()['x-request-id']!;
    assert.equal(await screen.text('.problem-request code'), requestId);

    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await screen.reads('.report-said', 'Copied');
    const report = await page.evaluate<string>('navigator.clipboard.readText()');
    const { failures } = JSON.parse(report) as { failures: readonly unknown[] };
    assert.deepEqual(failures, [{ ...error, status: 415, requestId }]);
    assert.ok(!report.includes(server.refs[1]!), 'no reference, which may be an address');
    screen.isQuiet();
    await browser.close();
  });

  it('tells of what failed once and was then had after all', async () => {
    await using browser = await launchChromium();
    const page = await browser.newPage();
    const screen = new PlayerScreen(driveChromium(page));
    const failed = { code: 'engine_failed', message: 'The encoder gave up.' };
    await page.route(
      /\/a2-[^/]+\/1\.m4s/,
      (route) => route.fulfill({ status: 500, json: { error: failed }, headers: { 'x-request-id': 'r-1' } }),
      { times: 1 },
    );
    await page.goto(`${server.url}/m/${server.refs[0]!}/play`);
    await screen.isPlayedFrom(0.5);
    await page.keyboard.press('i');
    await screen.reads('.problems', 'The encoder gave up.');
    assert.equal(await screen.text('.problem-code'), 'engine_failed');
    assert.equal(await screen.text('.problem-request code'), 'r-1');
    await screen.isPlayedFrom(7);
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.getByRole('button', { name: 'Close' }).press('Escape');
    assert.equal(await page.locator('.explained').count(), 0);
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'What happens to this file');
    await browser.close();
  });

  it('can be used by everybody, and on a phone leaves the picture free', async () => {
    await using browser = await launchChromium();
    for (const colorScheme of ['dark', 'light'] as const) {
      const context = await browser.newContext({ colorScheme, bypassCSP: true });
      const page = await context.newPage();
      await page.setViewportSize({ width: 360, height: 740 });
      const screen = new PlayerScreen(driveChromium(page));
      await page.goto(`${server.url}/m/${server.refs[0]!}/play`);
      await screen.isPlayedFrom(0.5);
      await page.getByRole('button', { name: 'What happens to this file' }).click();
      await screen.reads('.totals', 'the server read ');
      assert.deepEqual(await findBarriers(page), [], colorScheme);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
      const [video, panel] = await Promise.all(
        ['video', '.explained'].map((selector) => page.locator(selector).boundingBox()),
      );
      assert.ok(panel!.y >= video!.y + video!.height, 'below the picture');
      assert.equal(panel!.y + panel!.height, 740);
      await page.getByRole('button', { name: 'Close' }).click();
      assert.equal(await page.locator('.explained').count(), 0);
      screen.isQuiet();
      await context.close();
    }
    await browser.close();
  });
});

/** What has to be told of a track. */
function expectedAction({ hls }: Info): (track: Info['tracks'][number]) => string {
  return ({ id, type, action }) => {
    if (type === 'subtitle') return 'beside';
    return hls.renditions.find(({ trackId }) => trackId === id)?.decision.action ?? action;
  };
}

/** How many pictures were shown so far, as the panel says it. */
async function pictureCount(screen: PlayerScreen): Promise<string> {
  return /of \d+ pictures/.exec(await screen.text('.figures'))![0];
}

/** Video and audio of the film, one track of which has to be transcoded, and subtitles. */
function addSubtitles(path: string): void {
  const subtitles = `${path}.srt`;
  writeFileSync(subtitles, '1\n00:00:02,000 --> 00:00:06,000\nGood evening.\n');
  const { status, stderr } = spawnSync('ffmpeg', [
    ...['-v', 'error', '-i', filmPath(FILM), '-i', subtitles, '-map', '0', '-map', '1', '-c', 'copy', path],
  ]);
  assert.equal(status, 0, String(stderr));
  rmSync(subtitles);
}
