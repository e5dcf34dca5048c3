import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SegmintServer } from '../support/segmint-server.js';
import { missingTools } from '../support/tools.js';
import { findBarriers } from './axe.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { filmPath, WIDE_FILM } from './films.js';
import { missingFirefox } from './firefox.js';
import { readMediaDiary } from './media-diary.js';
import type { PageDocument } from './page-types.js';
import {
  driveChromium,
  openChromium,
  openFirefox,
  PlayerScreen,
  type OpenedScreen,
} from './player-screen.js';
import { PATIENCE_MS } from './programs.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument & {
  readonly documentElement: { readonly scrollWidth: number };
  dispatchEvent(event: object): void;
};
declare const KeyboardEvent: new (type: string, init: { readonly key: string }) => object;
declare const performance: {
  getEntriesByType(type: 'resource'): readonly { readonly name: string; readonly responseEnd: number }[];
};
declare const PerformanceObserver: new (take: () => void) => {
  observe(wish: { type: 'layout-shift'; buffered: true }): void;
  takeRecords(): readonly { readonly value: number; readonly hadRecentInput: boolean }[];
};
declare const HTMLMediaElement: { readonly prototype: { play: () => Promise<void> } };
declare const DOMException: new (message: string, name: string) => Error;
declare const navigator: {
  readonly mediaSession: {
    readonly metadata: {
      readonly title: string;
      readonly artwork: readonly { readonly src: string }[];
    } | null;
  };
};

const CHAPTERS = `;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1
START=0
END=10
title=Opening
[CHAPTER]
TIMEBASE=1/1
START=10
END=20
title=The <img src=x> bridge
[CHAPTER]
TIMEBASE=1/1
START=20
END=27
title=Home
`;
const SUBTITLES = '1\n00:00:02,000 --> 00:00:26,000\nGood evening.\n';

const skip = missingBrowser() || missingTools('the player', 'ffmpeg');
const BROWSERS: readonly (readonly [
  name: string,
  skip: string | false,
  open: () => Promise<OpenedScreen>,
])[] = [
  ['Chromium', skip, openChromium],
  ['Firefox', skip || missingFirefox(), openFirefox],
];

describe('the player', { skip }, () => {
  let folder: string;
  let server: SegmintServer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-player-'));
    makeFilm(join(folder, 'a film.mkv'));
    copyFileSync(filmPath(WIDE_FILM), join(folder, 'b film.mkv'));
    makeOddities(join(folder, 'odd'));
    makeBlink(join(folder, 'short'));
    server = await SegmintServer.start([folder], '--store', 'none');
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page of a file. */
  async function pageOf(name: string): Promise<string> {
    const answer = await fetch(new URL('library.json', server.url));
    const { items } = (await answer.json()) as { items: readonly { path: string; ref: string }[] };
    return new URL(`m/${items.find(({ path }) => path === name)!.ref}/play`, server.url).href;
  }

  it('offers a large button where the browser plays nothing unasked', async () => {
    await using browser = await launchChromium();
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    // As a browser does before the viewer has clicked on anything. What a driver asks of a page counts as a click.
    await page.addInitScript(() => {
      const { prototype } = HTMLMediaElement;
      const { play } = prototype;
      prototype.play = () => {
        prototype.play = play;
        return Promise.reject(new DOMException('Nobody has asked for it.', 'NotAllowedError'));
      };
    });
    const driver = driveChromium(page);
    await driver.goto(await pageOf('a film.mkv'));
    await driver.waitFor(() => document.querySelector('.begin button') !== null, undefined);
    assert.equal(await driver.evaluate(() => document.querySelector('video')!.paused, undefined), true);
    await driver.evaluate(() => document.querySelector('.begin button')!.click(), undefined);
    await new PlayerScreen(driver).isPlayedFrom(0.2);
    await driver.press('k');
    await driver.waitFor(() => document.querySelector('video')!.paused, undefined);
    const isOffered = await driver.evaluate(() => document.querySelector('.begin') !== null, undefined);
    assert.equal(isOffered, false, 'it has begun, and is only paused');
  });

  for (const [name, isSkipped, open] of BROWSERS) {
    it(`does what a viewer wants, in ${name}`, { skip: isSkipped }, async () => {
      await using opened = await open();
      const { driver } = opened;
      const screen = new PlayerScreen(driver);
      await driver.goto(await pageOf('a film.mkv'));
      await screen.isPlayedFrom(0.5);
      const diary = await driver.evaluate(readMediaDiary, undefined);
      assert.match(diary, / play\(\) by \/assets\/player-/);
      assert.doesNotMatch(diary, / by \/assets\/hls-/, 'only the page plays and pauses');

      await driver.press('k');
      assert.equal((await screen.video()).paused, true);
      const { currentTime: before } = await screen.video();
      await driver.press('.');
      await driver.waitFor((time) => document.querySelector('video')!.currentTime > time, before);
      assert.ok((await screen.video()).currentTime - before < 0.1, 'one picture on');
      await screen.click('play');
      await driver.waitFor(() => !document.querySelector('video')!.paused, undefined);

      for (let n = 0; n < 8; n++) await screen.seek((n * 7) % 22);
      await screen.seek(4);

      await screen.choose('Audio track', 'German');
      await screen.isPlayedFrom(4);
      assert.deepEqual(await screen.offers('Audio track'), [
        'English, stereo · FLAC · copied',
        '* German · Commentary, stereo · FLAC · copied',
      ]);

      // From the beginning again and again, so that a slow machine does not come to the end of the film.
      await screen.seek(0);
      const forms = await screen.offers('Settings');
      assert.match(forms[0]!, /^\* Auto/);
      assert.match(forms[1]!, /^Original, 1600×180 · copied$/);
      assert.match(forms[2]!, /^\d+p, transcoded$/);
      await screen.choose('Settings', forms[2]!.split(',')[0]!);
      await driver.waitFor(() => document.querySelector('video')!.videoHeight < 180, undefined);
      await screen.seek(0);
      await screen.choose('Settings', 'Original');
      await driver.waitFor(() => document.querySelector('video')!.videoHeight === 180, undefined);

      await screen.seek(0);
      await driver.press('k');
      await screen.choose('Settings', '1.5×');
      assert.equal((await screen.video()).playbackRate, 1.5);
      // One right after the other, before the element can have told of the first.
      await driver.evaluate(() => {
        for (const key of ['<', '<', '>']) document.dispatchEvent(new KeyboardEvent('keydown', { key }));
      }, undefined);
      assert.equal((await screen.video()).playbackRate, 1.25);
      await screen.choose('Settings', 'Normal');

      assert.deepEqual(
        (await screen.offers('Chapters')).map((line) => line.replace('* ', '')),
        ['Opening, 0:00', 'The <img src=x> bridge, 0:10', 'Home, 0:20'],
      );
      await driver.press('k');
      await screen.choose('Chapters', 'The');
      await screen.isPlayedFrom(10);

      await screen.seek(3);
      await screen.choose('Subtitles', 'English');
      await driver.waitFor(() => {
        const { textTracks } = document.querySelector('video')!;
        const shown = [...textTracks].filter(({ mode }) => mode === 'showing');
        return shown.some(({ activeCues }) => activeCues?.[0]?.text === 'Good evening.');
      }, undefined);
      await driver.press('c');
      assert.match((await screen.offers('Subtitles'))[0]!, /^\* Off/);

      await screen.seek(12);
      await driver.press('k');
      await driver.reload();
      await screen.reads('.over-note', 'Resumed at 0:1');
      await screen.isPlayedFrom(11.9);
      assert.match((await screen.offers('Audio track'))[1]!, /^\* German/);
      await driver.evaluate(() => document.querySelector('.over-note button')!.click(), undefined);
      await screen.isPlayedFrom(0);

      await driver.waitFor(() => !document.querySelector('video')!.paused, undefined);
      await driver.press('k');
      await driver.waitFor(() => document.querySelector('video')!.paused, undefined);
      await screen.drag(25);
      await screen.reads('.next-card', 'b film');
      await driver.press('k');
      await screen.reads('h1', 'b film');
      await screen.isPlayedFrom(0.2);
      await screen.click('Previous: a film');
      await screen.reads('h1', 'a film');
      await screen.isPlayedFrom(0.2);

      // A film of which there is no picture after all, and music.
      await driver.goto(new URL(`?folder=${basename(folder)}%2Fodd`, server.url).href);
      await driver.waitFor(() => {
        const pictures = performance
          .getEntriesByType('resource')
          .flatMap(({ name }) => /^.*poster/.exec(name) ?? []);
        const shown = [...document.querySelectorAll('main .grid img')].map((image) =>
          image.getAttribute('class'),
        );
        return new Set(pictures).size === 2 && shown.join() === 'shown whole';
      }, undefined);
      await driver.goto(await pageOf('odd/song.mp3'));
      await screen.isPlayedFrom(0.2);
      await driver.waitFor(() => navigator.mediaSession.metadata?.title === 'A song', undefined);
      const artwork = await driver.evaluate(
        () => navigator.mediaSession.metadata!.artwork.map(({ src }) => src),
        undefined,
      );
      assert.match(artwork.join(), /\/poster\.jpg\?width=640/);

      // Two pictures, of which Chromium shows none before it is told that there are no more.
      await driver.goto(await pageOf('short/blink.mkv'));
      await driver.waitFor(() => document.querySelector('video')?.ended, undefined);
      screen.isQuiet();
    });
  }

  it('shows on the time bar which scene is there', async () => {
    await using opened = await openChromium();
    const { driver } = opened;
    const screen = new PlayerScreen(driver);
    /** How much of the page has moved by itself. */
    const shifts = async (): Promise<number> =>
      await driver.evaluate(() => {
        const observer = new PerformanceObserver(() => undefined);
        observer.observe({ type: 'layout-shift', buffered: true });
        const moved = observer.takeRecords().filter(({ hadRecentInput }) => !hadRecentInput);
        return moved.reduce((sum, { value }) => sum + value, 0);
      }, undefined);
    await driver.goto(server.url);
    await screen.reads('main .grid', 'b film');
    await driver.waitFor(() => document.querySelector('main .grid img.shown') !== null, undefined);
    const moved = [await shifts()];
    await driver.goto(await pageOf('a film.mkv'));
    await screen.isPlayedFrom(0.5);
    moved.push(await shifts());
    assert.ok(Math.max(...moved) < 0.01, `the library and the player move: ${moved.join(', ')}`);
    const bar = await driver.evaluate(() => {
      const { x, y, width, height } = document.querySelector('media-time-range')!.getBoundingClientRect();
      return { x, y, width, height };
    }, undefined);
    const partAt = async (seconds: number): Promise<string> => {
      await driver.hover(bar.x + 8 + ((bar.width - 16) * seconds) / 27, bar.y + bar.height / 2);
      await driver.waitFor((second) => {
        const time = Number(document.querySelector('media-time-range')!.getAttribute('mediapreviewtime'));
        return Math.abs(time - second) < 1.5;
      }, seconds);
      // Loaded, and moved to the part.
      await driver.waitFor(() => {
        const box = document
          .querySelector('media-time-range')!
          .shadowRoot.querySelector('media-preview-thumbnail')!;
        return box.shadowRoot.querySelector('img').naturalWidth > 0;
      }, undefined);
      return await driver.evaluate(() => {
        const box = document
          .querySelector('media-time-range')!
          .shadowRoot.querySelector('media-preview-thumbnail')!;
        return `${box.shadowRoot.querySelector('img').src}#${box.getAttribute('mediapreviewcoords')}`;
      }, undefined);
    };
    const cues = await thumbnailsOf(await pageOf('a film.mkv'));
    for (const seconds of [3, 22]) {
      const expected = cues.find(({ end }) => end > seconds)!;
      const part = await partAt(seconds);
      assert.ok(
        part.endsWith(`${expected.file}#${expected.part.replaceAll(',', ' ')}`),
        `${part} at ${seconds} s`,
      );
    }
    screen.isQuiet();
  });

  it('can be used by everybody, in both schemes, with menus open, and on a phone', async () => {
    await using browser = await launchChromium();
    for (const colorScheme of ['dark', 'light'] as const) {
      // axe brings a script of its own, which the page's policy does not let in.
      const context = await browser.newContext({ colorScheme, bypassCSP: true });
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const screen = new PlayerScreen(driveChromium(page));
      await page.goto(await pageOf('a film.mkv'));
      await screen.isPlayedFrom(0.5);
      await page.keyboard.press('k');
      await page.keyboard.press('i');
      await screen.tracks();
      for (const menu of ['Subtitles', 'Settings']) {
        await page.getByRole('button', { name: menu, exact: true }).click();
        await page.getByRole('menu', { name: menu }).waitFor();
        assert.deepEqual(await findBarriers(page), [], `${colorScheme}, ${menu}`);
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      assert.deepEqual(await findBarriers(page), [], `${colorScheme}, keys`);
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 360, height: 740 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
      const box = (await page.locator('video').boundingBox())!;
      assert.deepEqual(
        [box.x, box.y, box.width],
        [0, 0, 360],
        'the picture is at the top, as wide as the phone',
      );
      screen.isQuiet();
      await context.close();
    }
    await browser.close();
  });
});

/** A film that breaks off before its first picture, and a song with a cover. */
function makeOddities(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'broken.mkv'), readFileSync(filmPath(WIDE_FILM)).subarray(0, 900));
  const { status, stderr } = spawnSync('ffmpeg', [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-t',
      '20',
      '-i',
      'sine',
      '-f',
      'lavfi',
      '-i',
      'color=teal:size=64x64:duration=0.04',
    ],
    ...['-map', '0', '-map', '1', '-frames:v', '1', '-c:v', 'png', '-disposition:v', 'attached_pic'],
    ...['-metadata', 'title=A song', join(folder, 'song.mp3')],
  ]);
  assert.equal(status, 0, String(stderr));
}

/** Two pictures, and sound. */
function makeBlink(folder: string): void {
  mkdirSync(folder);
  const input = ['-f', 'lavfi', '-i', 'testsrc2=rate=25', '-f', 'lavfi', '-i', 'sine', '-t', '0.08'];
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...input, join(folder, 'blink.mkv')]);
  assert.equal(status, 0, String(stderr));
}

/** Two languages, chapters and subtitles around pictures that there are lower forms of. */
function makeFilm(path: string): void {
  const [chapters, subtitles] = [`${path}.txt`, `${path}.srt.tmp`];
  writeFileSync(chapters, CHAPTERS);
  writeFileSync(subtitles, SUBTITLES);
  const { status, stderr } = spawnSync('ffmpeg', [
    ...['-v', 'error', '-i', filmPath(WIDE_FILM), '-f', 'ffmetadata', '-i', chapters],
    ...['-f', 'srt', '-i', subtitles, '-map', '0:v', '-map', '0:a', '-map', '0:a', '-map', '2:s'],
    ...['-map_metadata', '1', '-map_chapters', '1', '-c', 'copy', '-metadata:s:a:0', 'language=eng'],
    ...['-metadata:s:a:1', 'language=deu', '-metadata:s:a:1', 'title=Commentary', '-disposition:a:1', '0'],
    ...['-metadata:s:s:0', 'language=eng', path],
  ]);
  assert.equal(status, 0, String(stderr));
  for (const made of [chapters, subtitles]) rmSync(made);
}

/** The pictures of an item as its WebVTT file lists them; ends in seconds. */
async function thumbnailsOf(page: string): Promise<{ end: number; file: string; part: string }[]> {
  const text = await (await fetch(page.replace(/play$/, 'thumbnails.vtt'))).text();
  const cues = text.matchAll(/--> (?:(\d+):)?(\d+):([\d.]+)\n(\S+)#xywh=(\S+)/g);
  return [...cues].map(([, hours = '0', minutes, seconds, file, part]) => ({
    end: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    file: file!,
    part: part!,
  }));
}
