import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import {
  FILM,
  filmPath,
  filmTiming,
  LATE_SOUND,
  numberAt,
  OPEN_WITH_IDR,
  SOUND_WITH_GAP,
  WIDE_FILM,
  type Film,
} from './films.js';
import {
  listenAround,
  playOut,
  randomTargets,
  seekAround,
  switchAudio,
  type Playing,
} from './hls-scenarios.js';
import { startHlsServer, videoCuts, type HlsServer } from './hls-server.js';
import { DASH_PLAYERS, type PlayerBrowser } from './player-page.js';

// The two players of DASH play the manifest that goes with the playlists: the pictures tell by a number which they are, and the
// sound by its tone.

const FILMS = [FILM, LATE_SOUND, SOUND_WITH_GAP, OPEN_WITH_IDR, WIDE_FILM];

const skip = missingBrowser() || missingTools('playing DASH', 'ffmpeg', 'ffprobe');

describe('playing DASH', { skip }, () => {
  let engine: EnginePool;
  let server: HlsServer;

  before(async () => {
    engine = createEnginePool();
    server = await startHlsServer(FILMS.map(filmPath), engine);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  for (const kind of DASH_PLAYERS) {
    describe(kind.name, () => {
      let browser: PlayerBrowser;
      before(async () => {
        browser = await kind.launch();
      });
      after(async () => {
        await browser[Symbol.asyncDispose]();
      });

      /** Opens a film in a page, lets it be played, and looks at what the page complains of. */
      async function play(film: Film, scenario: (playing: Playing) => Promise<void>): Promise<void> {
        const master = server.masters[FILMS.indexOf(film)]!;
        const cuts = await videoCuts(server, master);
        const page = await browser.open(`${server.url}/harness/`);
        const facts = await page.call('open', master.replace('master.m3u8', 'manifest.mpd'), kind.player);
        assert.ok(Math.abs(facts.duration - film.duration) < 0.2, `lasts ${facts.duration} s`);
        assert.deepEqual(
          facts.languages,
          film.audio.map(({ language }) => new Intl.Locale(language).language),
        );
        await scenario({ page, film, cuts, timing: filmTiming(film, filmPath(film)) });
        assert.deepEqual(page.complaints, []);
        await page.close();
      }

      it('seeks, changes between audio tracks, and plays to the end', () =>
        play(FILM, async (playing) => {
          await seekAround(playing, randomTargets(kind.name, 20, FILM.duration));
          await switchAudio(playing, 2);
          await playOut(playing, FILM.duration - 8);
        }));

      it('plays sound that begins late', () =>
        play(LATE_SOUND, async (playing) => {
          await listenAround(playing, 0);
          await listenAround(playing, 1);
        }));

      it('plays sound with a gap', () => play(SOUND_WITH_GAP, (playing) => listenAround(playing, 0)));

      it('seeks in open groups of pictures', () =>
        play(OPEN_WITH_IDR, async (playing) => {
          const { cuts } = playing;
          const middles = cuts.slice(0, -1).map((start, i) => (start + cuts[i + 1]!) / 2);
          // Backwards, so that each segment is entered before the one ahead of it was played.
          await seekAround(playing, [...middles, ...cuts.slice(0, -1)].reverse());
        }));

      it('changes between forms of the video, and seeks in each', () =>
        play(WIDE_FILM, async ({ page, timing }) => {
          for (const [height, target] of [
            [96, 3],
            [180, 14],
            [144, 21],
          ] as const) {
            await page.call('selectHeight', height, 'once');
            await page.call('playUntilHeight', height);
            // Shaka may leave the old picture standing where it is sought while it has just emptied its buffer, and stands.
            const number = numberAt(timing, target);
            await page.call('seekPlaying', timing.start + (number + 0.5) / timing.rate, number);
            const record = await page.call('take');
            assert.deepEqual([record.errors, record.height], [[], height]);
          }
        }));
    });
  }

  it('asked for nothing that is not there', () => {
    assert.deepEqual(
      server.answers.filter(({ status }) => status >= 400),
      [],
    );
  });
});
