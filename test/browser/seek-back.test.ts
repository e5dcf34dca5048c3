import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SegmintServer } from '../support/segmint-server.js';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser } from './chromium.js';
import type { PageDocument } from './page-types.js';
import { driveChromium, PlayerScreen } from './player-screen.js';
import { PATIENCE_MS } from './programs.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

/** Segments are all as long, so that one back is where hls.js would wait for ever. */
const SEGMENT_SECONDS = 6;
const SEGMENTS = 30;
/** The segment that is gone to first. */
const AT = 25;

const skip = missingBrowser() || missingTools('seeks back', 'ffmpeg');

describe('a seek back by a segment', { skip }, () => {
  let folder: string;
  let server: SegmintServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-seek-back-'));
    const seconds = SEGMENTS * SEGMENT_SECONDS;
    const pictures = `testsrc=s=320x180:r=25:d=${seconds}`;
    const inputs = ['-f', 'lavfi', '-i', pictures, '-f', 'lavfi', '-i', `sine=d=${seconds}`];
    const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(25 * SEGMENT_SECONDS), '-sc_threshold', '0']; // prettier-ignore
    const film = join(folder, 'film.mkv');
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...inputs, ...video, '-c:a', 'aac', film]);
    server = await SegmintServer.start([folder], '--store', 'none');
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('plays on, though the sound ahead waits for pictures that are not loaded any more', async () => {
    await using browser = await launchChromium();
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const screen = new PlayerScreen(driveChromium(page));
    const answer = await fetch(new URL('library.json', server.url));
    const { items } = (await answer.json()) as { items: readonly { ref: string }[] };
    // Pictures come of the beginning, and of the two segments that are looked at: what is ahead is left waiting for them.
    await page.route(/\/v1-[^/]*\/\d+\.m4s/, async (route) => {
      const number = Number(/(\d+)\.m4s/.exec(route.request().url())![1]);
      if (number < 2 || number === AT || number === AT - 1) await route.continue();
    });
    await page.goto(new URL(`m/${items[0]!.ref}/play`, server.url).href);
    await screen.isPlayedFrom(0.5);
    const isHeard = page.waitForResponse(new RegExp(`/a\\d+-[^/]*/${AT + 1}\\.m4s`));
    await goTo(AT);
    await (await isHeard).finished();
    await screen.isPlayedFrom(AT * SEGMENT_SECONDS + 1.5);
    await goTo(AT - 1);
    await screen.isPlayedFrom((AT - 1) * SEGMENT_SECONDS + 1, 2);
    assert.deepEqual(screen.driver.complaints, []);

    async function goTo(segment: number): Promise<void> {
      const time = segment * SEGMENT_SECONDS + 1;
      await page.evaluate((seconds) => (document.querySelector('video')!.currentTime = seconds), time);
    }
  });
});
