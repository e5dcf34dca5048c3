import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { REPOSITORY } from '../support/repository.js';
import {
  cueTimes,
  FILM_CODECS,
  MINUTE_OF_FILM,
  SubtitleFixtures,
  writeSubrip,
} from '../support/subtitle-fixtures.js';
import { missingTools } from '../support/tools.js';
import { readWebvtt } from '../support/webvtt-cues.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { startHlsServer, type HlsServer } from './hls-server.js';
import { PATIENCE_MS } from './programs.js';

// hls.js and dash.js in Chromium show the subtitles of a track and of a file beside it, after seeks too: what is active at a
// time is what the whole file says of it.

const skip = missingBrowser() || missingTools('subtitles in a browser', 'ffmpeg');

/** What is to be seen of subtitles. */
interface Shown {
  readonly texts: readonly string[];
  /** Start and end of all cues that the player has, in seconds. */
  readonly cues: readonly (readonly [number, number])[];
  /** It did not come to be so in time. */
  readonly isInVain: boolean;
  /** What the element was at, for the story of a wait that was in vain. */
  readonly state: string;
}

/** Opens a presentation in hls.js, and waits until its subtitles are known. */
const OPEN_HLS = (master: string): string => `new Promise((resolve, reject) => {
  const video = document.createElement('video');
  document.body.append(video);
  video.muted = true;
  const hls = new Hls({ maxBufferLength: 6, maxMaxBufferLength: 12 });
  const select = (track) => {
    if (hls.subtitleTrack !== track) hls.subtitleTrack = track;
    hls.subtitleDisplay = true;
  };
  globalThis.shown = { video, select };
  hls.on(Hls.Events.ERROR, (_, { fatal, details }) => fatal && reject(new Error(details)));
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, (_, { subtitleTracks }) =>
    resolve(subtitleTracks.map(({ name, lang, forced }) => [name, lang ?? '', forced === true])));
  hls.loadSource(${JSON.stringify(master)});
  hls.attachMedia(video);
})`;

/** Opens a manifest in dash.js, and waits until its subtitles are known. */
const OPEN_DASH = (manifest: string): string => `new Promise(async (resolve, reject) => {
  const { MediaPlayer } = await import('/harness/dash.mjs');
  const video = document.createElement('video');
  document.body.append(video);
  video.muted = true;
  const dash = MediaPlayer().create();
  const select = (track) => {
    if (dash.getCurrentTextTrackIndex() !== track) dash.setTextTrack(track);
  };
  const chooseAgain = (track) => {
    dash.setTextTrack(-1);
    dash.setTextTrack(track);
  };
  globalThis.shown = { video, select, chooseAgain, mustPlay: true };
  dash.on('error', ({ error }) => reject(new Error(error.message)));
  // Of a track that is chosen while it begins dash.js (5.2) may keep nothing.
  const playable = new Promise((done) => video.addEventListener('canplay', done, { once: true }));
  dash.on('allTextTracksAdded', () => playable.then(() =>
    resolve(dash.getTracksFor('text').map(({ labels, lang, roles }) => [labels[0].text, lang ?? '', roles[0].value]))));
  dash.initialize(video, new URL(${JSON.stringify(manifest)}, location.href).href, false);
})`;

/** Goes to a time with a subtitle switched on, and waits until what should be shown is. */
const SHOWN_AT = (
  track: number,
  time: number,
  expected: readonly string[],
): string => `new Promise((resolve) => {
  const { video, select, chooseAgain, mustPlay } = globalThis.shown;
  select(${track});
  video.currentTime = ${time};
  const start = performance.now();
  let frames = 0;
  const look = () => {
    const showing = [...video.textTracks].find(({ mode }) => mode === 'showing');
    const texts = [...(showing?.activeCues ?? [])].map((cue) => cue.getCueAsHTML().textContent.replace(/\\s+/g, ' ').trim());
    const isThere = JSON.stringify(texts.sort()) === ${JSON.stringify(JSON.stringify([...expected].sort()))};
    const isInVain = performance.now() - start > ${PATIENCE_MS};
    if ((isThere && !video.seeking) || isInVain) {
      const { currentTime, readyState, seeking, paused, buffered } = video;
      const ranges = Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
      const tracks = [...video.textTracks].map(({ label, mode, cues }) => [label, mode, cues?.length]);
      const state = JSON.stringify({ currentTime, readyState, seeking, paused, ranges, tracks });
      resolve({ texts, isInVain, state, cues: [...(showing?.cues ?? [])].map((cue) => [cue.startTime, cue.endTime]) });
    } else {
      // What dash.js has loaded it shows as the film goes on.
      if (mustPlay && video.paused) video.play().catch(() => undefined);
      if (mustPlay && ++frames % 60 === 0) video.currentTime = ${time};
      // Where it has kept nothing of the track all the same it does when that is chosen once more, and given time to load.
      if (mustPlay && frames % 300 === 0 && (showing?.cues?.length ?? 0) === 0) chooseAgain(${track});
      requestAnimationFrame(look);
    }
  };
  look();
})`;

describe('subtitles in players', { skip }, () => {
  let films: SubtitleFixtures;
  let engine: EnginePool;
  let server: HlsServer;
  let browser: Browser;
  let page: Page;

  before(async () => {
    films = new SubtitleFixtures();
    films.write('cues.srt', writeSubrip(cueTimes()));
    const args = [
      ...MINUTE_OF_FILM,
      '-i',
      'cues.srt',
      '-map',
      '0',
      '-map',
      '1',
      '-map',
      '2',
      ...FILM_CODECS,
      '-c:s',
      'srt',
    ];
    const film = films.make('film.mkv', 'ffmpeg', args);
    films.write('film.de.forced.srt', '1\n00:00:03,000 --> 00:00:33,000\nLange\n');
    engine = createEnginePool();
    server = await startHlsServer([film], engine);
    browser = await launchChromium({ hasAudioTracks: false });
  });
  beforeEach(async () => {
    page = await browser.newPage({ bypassCSP: true });
    await page.goto(`${server.url}/harness/`);
  });
  afterEach(() => page.close());
  after(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
    films[Symbol.dispose]();
  });

  /** Seeks in what is open, and looks at what is shown of the first subtitle. */
  async function seekAround(): Promise<void> {
    const answer = await fetch(new URL(`/m/${server.refs[0]!}/subtitles/t3.vtt`, server.url));
    const cues = readWebvtt(await answer.text());
    assert.ok(cues.length >= 40);
    // Not from the last segment to the one before it: hls.js may stand there for ever (see the page's release-sound.ts).
    for (const seconds of [1, 30.2, 7.9, 8.1, 41.3, 55, 24.05]) {
      const at = seconds * 1000;
      const expected = cues
        .filter(({ startMs, endMs }) => startMs <= at && at < endMs)
        .map(({ text }) => text);
      const shown = await page.evaluate<Shown>(SHOWN_AT(0, seconds, expected));
      const story = shown.isInVain ? `${shown.state}\nRequests:\n${server.tellRequests()}` : '';
      assert.deepEqual([shown.texts, story], [expected.sort(), ''], `at ${seconds} s`);
      // What reaches over a cut is in two segments, and in the player once.
      assert.equal(new Set(shown.cues.map(String)).size, shown.cues.length);
    }
  }

  it('are listed by hls.js, and shown at their times after any seek', async () => {
    await page.addScriptTag({ path: join(REPOSITORY, 'node_modules/hls.js/dist/hls.min.js') });
    assert.deepEqual(await page.evaluate(OPEN_HLS(server.masters[0]!)), [
      ['Subtitles 1', '', false],
      ['German (forced)', 'de', true],
    ]);
    await seekAround();
    const beside = await page.evaluate<Shown>(SHOWN_AT(1, 20, ['Lange']));
    assert.deepEqual(beside.texts, ['Lange']);
  });

  it('are listed by dash.js, and shown at their times after any seek', async () => {
    const manifest = server.masters[0]!.replace('master.m3u8', 'manifest.mpd');
    assert.deepEqual(await page.evaluate(OPEN_DASH(manifest)), [
      ['Subtitles 1', '', 'subtitle'],
      ['German (forced)', 'de', 'forced-subtitle'],
    ]);
    await seekAround();
  });

  it('asked for nothing that is not there', () => {
    assert.deepEqual(
      server.answers.filter(({ status }) => status >= 400),
      [],
    );
  });
});
