import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { launchOnce, serveFilms } from './film-suite.js';
import {
  filmPath,
  filmTiming,
  numberAt,
  WIDE_FILM,
  WIDE_VP9_FILM,
  type Film,
  type FilmTiming,
} from './films.js';
import { videoCuts } from './hls-server.js';
import type { PlayerRecord } from './page/player.js';
import { CHROMIUM_PLAYERS, type PlayerPage } from './player-page.js';

// hls.js goes from the original to a lower form and back while it plays. That each picture is in each form once, and at the
// same tick, is seen in video-ladder.test.ts; here, that a real player joins them.

const skip = missingBrowser() || missingTools('changing between forms of a video', 'ffmpeg', 'ffprobe');
const [HLS_JS] = CHROMIUM_PLAYERS;

/** What the player plays. */
const PLAYS = '?video=h264,vp9&audio=aac';

/** Pixels down of the forms of the films. */
const [ORIGINAL, MIDDLE, LOW] = [180, 144, 96];

describe('changing between forms of a video', { skip }, () => {
  const served = serveFilms([WIDE_FILM, WIDE_VP9_FILM]);
  const browser = launchOnce(HLS_JS!.launch);

  before(async () => {
    for (const master of served.server.masters)
      await makeAll(new URL(`${master}${PLAYS}`, served.server.url));
  });

  async function play(
    heights: readonly number[],
    scenario: (page: PlayerPage, timing: FilmTiming) => Promise<void>,
    film = WIDE_FILM,
  ): Promise<void> {
    const page = await browser().open(`${served.server.url}/harness/`);
    await page.call('open', masterOf(film), 'hls.js', heights);
    await scenario(page, filmTiming(film, filmPath(film)));
    assert.deepEqual(page.complaints, []);
    await page.close();
  }

  it('shows pictures in their order where one form follows another', () =>
    play([ORIGINAL, MIDDLE, LOW, ORIGINAL], async (page, timing) => {
      await page.call('bufferToEnd');
      const cuts = await videoCuts(served.server, masterOf(WIDE_FILM));
      const heights: number[] = [];
      for (const cut of cuts.slice(1, -1)) {
        const first = numberAt(timing, cut);
        for (const number of [first - 2, first - 1, first, first + 1]) {
          await page.call('seek', timing.start + (number + 0.5) / timing.rate, number);
        }
        await page.call('seek', cut - 1, first - Math.round(timing.rate));
        heights.push((await page.call('take')).height);
        await page.call('playFor', 2);
        await page.call('pause');
        const record = await page.call('take');
        heights.push(record.height);
        checkInOrder(record);
        assert.deepEqual([record.errors, record.stalls], [[], []], 'what is buffered plays on');
        for (const [name, ranges] of Object.entries(record.buffered)) assert.equal(ranges.length, 1, name);
      }
      // hls.js may have begun to load a segment before it is told the form.
      assert.ok(new Set(heights).size > 1, heights.join(' '));
    }));

  it('changes at once where it plays, down and up again, and seeks then', () =>
    play([], async (page, timing) => {
      for (const height of [ORIGINAL, MIDDLE, LOW, ORIGINAL]) {
        await page.call('selectHeight', height, 'once');
        await page.call('playUntilHeight', height);
        await page.call('playFor', 0.5);
        checkInOrder(await page.call('take'));
      }
      for (const [height, target] of [
        [MIDDLE, 21],
        [LOW, 3],
        [ORIGINAL, 14],
      ] as const) {
        await page.call('pause');
        await page.call('selectHeight', height, 'once');
        const number = numberAt(timing, target);
        await page.call('seek', timing.start + (number + 0.5) / timing.rate, number);
        assert.equal((await page.call('take')).height, height);
        await page.call('playFor', 0.5);
        checkInOrder(await page.call('take'));
      }
    }));

  it('goes from VP9 to H.264 between segments', () =>
    play(
      [ORIGINAL, LOW, ORIGINAL],
      async (page, timing) => {
        await page.call('bufferToEnd');
        const heights: number[] = [];
        for (const cut of (await videoCuts(served.server, masterOf(WIDE_VP9_FILM))).slice(1, 3)) {
          const first = numberAt(timing, cut);
          await page.call('seek', timing.start + (first - 11.5) / timing.rate, first - 12);
          heights.push((await page.call('take')).height);
          await page.call('playFor', 1);
          await page.call('pause');
          const record = await page.call('take');
          checkInOrder(record);
          heights.push(record.height);
        }
        assert.deepEqual(new Set(heights), new Set([ORIGINAL, LOW]), heights.join(' '));
      },
      WIDE_VP9_FILM,
    ));

  function masterOf(film: Film): string {
    return `${served.masterOf(film)}${PLAYS}`;
  }
});

/** Has all segments made, so that what is seen does not depend on how fast this machine encodes. */
async function makeAll(master: URL): Promise<void> {
  const linesOf = async (path: URL): Promise<string[]> => {
    const text = await (await fetch(path)).text();
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };
  for (const variant of await linesOf(master)) {
    const playlist = new URL(variant, master);
    const segments = await linesOf(playlist);
    await Promise.all(
      segments.map(async (name) => await (await fetch(new URL(name, playlist))).arrayBuffer()),
    );
  }
}

/** Pictures come in order, and nothing fails. A buffer that was emptied has to be filled first: that is no failure. */
function checkInOrder({ errors, sights }: PlayerRecord): void {
  assert.deepEqual(
    errors.filter((error) => !error.startsWith('hls.js: bufferStalledError Playback')),
    [],
  );
  const numbers = sights.map(([, number]) => number).filter((number) => number >= 0);
  assert.ok(numbers.length > 0);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
}
