/** The pages of the documentation play what the Express app of the documentation serves. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { RunningExample } from '../support/run-example.js';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser, openPage } from './chromium.js';
import { FILM, filmPath } from './films.js';
import type { PageDocument } from './page-types.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

describe('pages of an app', { skip: missingBrowser() || missingTools('pages of an app', 'ffmpeg') }, () => {
  let app: RunningExample;
  let browser: Browser;

  before(async () => {
    app = await RunningExample.start('embed-express', [filmPath(FILM)]);
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  const media = '/media/m/big-buck-bunny';
  for (const [name, path] of [
    ['hls.js', `/hls.html?src=${media}/master.m3u8`],
    ['Video.js', `/video-js.html?src=${media}/master.m3u8`],
    ['a video element alone', `/native.html?media=${media}`],
  ] as const) {
    it(`play with ${name}, and go to the middle`, async () => {
      const { page, complaints } = await openPage(browser, new URL(path, app.url).href);
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.5);
      await page.evaluate(() => void (document.querySelector('video')!.currentTime = 30));
      await page.waitForFunction(() => document.querySelector('video')!.currentTime > 30.5);
      assert.deepEqual(complaints, []);
      await page.close();
    });
  }
});
