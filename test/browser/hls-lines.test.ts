import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { launchOnce, serveFilms } from './film-suite.js';
import { WIDE_HDR_FILM } from './films.js';
import type { PageDocument } from './page-types.js';

// The page on lines that carry more, and less, than the film takes. The film is VP9 in HDR and its lower forms are H.264 in SDR:
// by itself hls.js begins with one of those, and does not go from one to the other.

/** Bytes a second: half of what the original takes. */
const SLOW = 200_000;

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

const skip = missingBrowser() || missingTools('the page on a slow line', 'ffmpeg');

describe('the page on good and slow lines', { skip }, () => {
  const served = serveFilms([WIDE_HDR_FILM]);
  const browser = launchOnce(launchChromium);

  /** Opens the page on a line, and gives the forms of the video whose segments it asks for, as it does. */
  async function open(bytesPerSecond: number): Promise<{ page: Page; forms: string[] }> {
    const page = await browser().newPage();
    const session = await page.context().newCDPSession(page);
    const line = { offline: false, latency: 0, uploadThroughput: -1, downloadThroughput: bytesPerSecond };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', line);
    const forms: string[] = [];
    page.on('request', (request) => {
      const form = /\/v1(-h264-\d+)?(?:-[0-9a-f]{12})?\/\d+\.m4s$/.exec(request.url());
      if (form !== null) forms.push(form[1] ?? 'original');
    });
    const { url, refs } = served.server;
    await page.goto(`${url}/m/${refs[0]!}/play`);
    return { page, forms };
  }

  async function isPlayed(page: Page): Promise<void> {
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5);
  }

  it('begins with the original on a good line, and stays with it', async () => {
    const { page, forms } = await open(-1);
    const end = page.waitForRequest(/\/v1-[^/]*\/3\.m4s$/);
    await isPlayed(page);
    await end;
    assert.deepEqual(new Set(forms), new Set(['original']));
    await page.close();
  });

  it('goes down on a slow line, from one codec to another, and plays', async () => {
    const { page, forms } = await open(SLOW);
    await page.waitForRequest(/\/v1-h264-[^/]*\/\d+\.m4s$/);
    await isPlayed(page);
    assert.equal(forms[0], 'original');
    await page.close();
  });
});
