import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { streamTranscodeUniversal } from '../../src/pipelines/universal.js';
import { describeMedia } from '../../src/pipelines/describe.js';
import { Library } from '../../src/server/library.js';
import { startServer, type RunningServer } from '../../src/server/listen.js';
import { FIXTURES, fixtureNamed, fixturePath, PICTURES, SOUNDS, type Fixture } from '../support/fixtures.js';
import { launchChromium, missingBrowser, openPage } from './chromium.js';
import type { PageDocument, PageMediaSource } from './page-types.js';
import { driveChromium, PlayerScreen } from './player-screen.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;
declare const MediaSource: new () => PageMediaSource;

// A real browser plays what a real server makes of real media. What is asserted is what a viewer would notice: pictures
// at the right times, the right length, an end, and nothing in the console.

/** H.264 with B pictures, 24000/1001 a second, and E-AC-3 5.1; 9 seconds. */
const SHORT = fixtureNamed('h264-23976-eac3');
/** Longer than what the page holds ahead, so that there is something to seek to that is not buffered. */
const LONG: Fixture = {
  name: 'h264-eac3-two-minutes',
  spec: { durationMs: 120_000, video: [PICTURES.h264], audio: [SOUNDS.eac3] },
};
/** H.264 in which only the first picture can be begun at, though others look like it. */
const OPEN_GOP: Fixture = {
  name: 'h264-opengop-twenty-seconds',
  spec: {
    durationMs: 20_000,
    video: FIXTURES.find(({ name }) => name === 'h264-opengop-ac3')!.spec.video,
    audio: [SOUNDS.ac3],
  },
};

/** A page of the server on which there is nothing. */
const emptyPage = ({ url }: RunningServer): string => new URL('?q=nothing-has-this-name', url).href;

describe('playing in Chromium', { skip: missingBrowser() }, () => {
  let engine: EnginePool;
  let server: RunningServer;
  let browser: Browser;
  const refs = new Map<Fixture, string>();

  before(async () => {
    engine = createEnginePool();
    const paths: string[] = [];
    for (const fixture of [SHORT, LONG, OPEN_GOP]) paths.push(await fixturePath(engine, fixture));
    const library = await Library.open(paths);
    const { items } = await library.list();
    [SHORT, LONG, OPEN_GOP].forEach((fixture, index) => refs.set(fixture, items[index]!.ref));
    server = await startServer({
      library,
      media: {
        stream: (source, options) => streamTranscodeUniversal(source, { ...options, engine }),
        describe: describeMedia,
      },
      log: pino({ level: 'silent' }),
      host: '127.0.0.1',
      port: 0,
    });
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  it('plays the URL in a video element, from start to end', async () => {
    const { page, complaints } = await openPage(browser, emptyPage(server));
    const seen = await page.evaluate(
      async (url) => {
        const video = document.createElement('video');
        document.body.append(video);
        video.src = url;
        const event = (name: string): Promise<unknown> =>
          new Promise((resolve, reject) => {
            video.addEventListener(name, resolve, { once: true });
            video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
          });
        await event('loadedmetadata');
        const duration = video.duration;
        const ended = event('ended');
        const times: number[] = [];
        const onFrame = (_: number, { mediaTime }: { mediaTime: number }): void => {
          times.push(mediaTime);
          video.requestVideoFrameCallback(onFrame);
        };
        video.requestVideoFrameCallback(onFrame);
        await video.play();
        video.playbackRate = 3;
        await ended;
        const { width, height } = { width: video.videoWidth, height: video.videoHeight };
        return { duration, end: video.currentTime, first: times[0], shown: times.length, width, height };
      },
      `/m/${refs.get(SHORT)!}/stream.mp4`,
    );
    assert.ok(Math.abs(seen.duration - 9) < 0.1, `lasts ${seen.duration} s`);
    assert.ok(Math.abs(seen.end - 9) < 0.1, `ends at ${seen.end} s`);
    assert.ok(seen.first !== undefined && seen.first < 0.1, `begins at ${seen.first} s`);
    assert.ok(seen.shown > 20);
    assert.deepEqual([seen.width, seen.height], [128, 72]);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('plays a stream that begins in the middle, at the time that its header tells', async () => {
    const { page, complaints } = await openPage(browser, emptyPage(server));
    const seen = await page.evaluate(
      async (url) => {
        const head = await fetch(url, { method: 'HEAD' });
        const video = document.createElement('video');
        video.muted = true;
        video.src = url;
        await new Promise((resolve, reject) => {
          video.addEventListener('canplaythrough', resolve);
          video.addEventListener('error', () => reject(new Error(video.error?.message)));
        });
        return { startMs: Number(head.headers.get('x-segmint-start-ms')), duration: video.duration };
      },
      `/m/${refs.get(LONG)!}/stream.mp4?start=1:30`,
    );
    // A picture to begin at each second.
    assert.ok(seen.startMs > 89_000 && seen.startMs <= 90_000, `begins at ${seen.startMs} ms`);
    assert.ok(Math.abs(seen.duration + seen.startMs / 1000 - 120) < 0.1, `lasts ${seen.duration} s`);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('plays through Media Source Extensions, and seeks to the very picture within what is buffered', async () => {
    const { page, complaints } = await openPage(browser, emptyPage(server));
    const seen = await page.evaluate(
      async (url) => {
        const video = document.createElement('video');
        video.muted = true;
        document.body.append(video);
        const event = (target: EventTarget, name: string): Promise<unknown> =>
          new Promise((resolve, reject) => {
            target.addEventListener(name, resolve, { once: true });
            video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
          });
        const source = new MediaSource();
        video.src = URL.createObjectURL(source as unknown as Blob);
        await event(source, 'sourceopen');
        const response = await fetch(url);
        const type = response.headers.get('content-type')!;
        const buffer = source.addSourceBuffer(type);
        // As it comes, in pieces that begin and end anywhere.
        const reader = response.body!.getReader();
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          buffer.appendBuffer(part.value as Uint8Array);
          await event(buffer, 'updateend');
        }
        source.endOfStream();
        const pictures: [number, number][] = [];
        for (const target of [5, 1.5, 8.25, 0, 4.004]) {
          const shown = new Promise<number>((resolve) => {
            video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime));
          });
          video.currentTime = target;
          await event(video, 'seeked');
          pictures.push([target, await shown]);
        }
        video.currentTime = 7;
        await event(video, 'seeked');
        const ended = event(video, 'ended');
        await video.play();
        await ended;
        const ranges = buffer.buffered;
        return {
          type,
          pictures,
          ranges: ranges.length,
          from: ranges.start(0),
          to: ranges.end(0),
          duration: video.duration,
          end: video.currentTime,
        };
      },
      `/m/${refs.get(SHORT)!}/stream.mp4`,
    );
    assert.match(seen.type, /^video\/mp4; codecs="avc1\.[0-9a-f]{6},mp4a\.40\.2"$/);
    assert.equal(seen.ranges, 1, 'nothing is missing in between');
    assert.ok(seen.from < 0.05 && Math.abs(seen.to - 9) < 0.1, `${seen.from} to ${seen.to} s`);
    assert.ok(Math.abs(seen.duration - 9) < 0.1 && Math.abs(seen.end - 9) < 0.1);
    const picture = 1001 / 24_000;
    for (const [target, shown] of seen.pictures) {
      assert.ok(Math.abs(shown - target) <= picture, `${shown} s is shown at ${target} s`);
    }
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('plays an item of the page by the keyboard, and says what is copied and why', async () => {
    const { page, streams } = await openPage(browser, server.url);
    const screen = new PlayerScreen(driveChromium(page));
    await page
      .locator(`a[href="/m/${refs.get(SHORT)!}/play"]`)
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await screen.isPlayedFrom(0.5);
    await page.keyboard.press('i');
    const rows = await screen.tracks();
    assert.match(rows[0]!, /H\.264.*copied/s);
    assert.match(rows[1]!, /Dolby Digital Plus.*transcoded/s);
    assert.match(await screen.times(), / \/ 0:09$/);
    await page.keyboard.press('k');
    assert.equal((await screen.video()).paused, true);
    assert.equal(streams.length, 1);
    await page.close();
  });

  it('seeks within the buffer without the server, and beyond it by a new stream', async () => {
    const { page, complaints, streams } = await openPage(
      browser,
      new URL(`/m/${refs.get(LONG)!}/play`, server.url).href,
    );
    const screen = new PlayerScreen(driveChromium(page));
    await page.waitForFunction(() => {
      const { buffered } = document.querySelector('video') ?? {};
      return buffered !== undefined && buffered.length > 0 && buffered.end(0) > 20;
    });
    await screen.seek(15);
    await screen.seek(3);
    assert.equal(streams.length, 1, 'what is held needs no request');
    await screen.seek(100);
    assert.equal(streams.length, 2);
    assert.equal(Math.round(Number(new URLSearchParams(streams[1]).get('start'))), 100);
    await screen.seek(4);
    await screen.seek(117);
    // The end of the second stream is the end of the film.
    await page.waitForFunction(() => document.querySelector('video')!.ended);
    const [position, duration] = (await screen.times()).split(' / ');
    assert.equal(position, duration);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('goes on where Chromium cannot seek within what it holds: an open GOP', async () => {
    const { page, complaints } = await openPage(
      browser,
      new URL(`/m/${refs.get(OPEN_GOP)!}/play`, server.url).href,
    );
    const screen = new PlayerScreen(driveChromium(page));
    await page.waitForFunction(() => {
      const { buffered } = document.querySelector('video') ?? {};
      return buffered !== undefined && buffered.length > 0 && buffered.end(0) > 12;
    });
    await screen.drag(10.5);
    await page.waitForFunction(() => {
      const video = document.querySelector('video')!;
      return video.readyState >= 3 && !video.seeking && video.currentTime > 0.5;
    });
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  it('says in words why something cannot be played', async () => {
    const absent = Buffer.from('9/absent.mkv').toString('base64url');
    const { page } = await openPage(browser, new URL(`/m/${absent}/play`, server.url).href);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.equal(await alert.innerText(), 'There is no such item in the library.');
    await page.close();
  });
});
