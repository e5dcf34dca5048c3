import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { FILM, filmPath, filmTiming, LATE_SOUND, SOUND_WITH_GAP, type Film } from './films.js';
import { missingFirefox } from './firefox.js';
import {
  listenAround,
  playThrough,
  randomTargets,
  seekAround,
  switchAudio,
  switchNativeAudio,
  type Playing,
} from './hls-scenarios.js';
import { startHlsServer, videoCuts, type HlsServer } from './hls-server.js';
import { CHROMIUM_PLAYERS, FIREFOX_PLAYER, type PlayerBrowser, type PlayerKind } from './player-page.js';

// Real players play what the real server makes of a film that tells where it is: a number in each picture, a tone for
// each second.

const FILMS = [FILM, LATE_SOUND, SOUND_WITH_GAP];
const SEEKS = 50;

const skip = missingTools('playing HLS', 'ffmpeg', 'ffprobe');
const players: readonly (PlayerKind & { readonly missing: string | false })[] = [
  ...CHROMIUM_PLAYERS.map((kind) => ({ ...kind, missing: missingBrowser() })),
  { ...FIREFOX_PLAYER, missing: missingFirefox() },
];

describe('playing HLS', { skip }, () => {
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

  for (const kind of players) {
    describe(kind.name, { skip: kind.missing }, () => {
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
        const facts = await page.call('open', master, kind.player);
        assert.ok(Math.abs(facts.duration - film.duration) < 0.2, `lasts ${facts.duration} s`);
        assert.deepEqual([facts.width, facts.height], [320, 180]);
        await scenario({ page, film, cuts, timing: filmTiming(film, filmPath(film)) });
        assert.deepEqual(page.complaints, []);
        await page.close();
      }

      it('plays from the beginning to the end', () => play(FILM, playThrough));

      it(`seeks ${SEEKS} times`, () =>
        play(FILM, (playing) => seekAround(playing, randomTargets(kind.name, SEEKS, FILM.duration))));

      it('changes between audio tracks', () =>
        play(FILM, (playing) => (kind.player === 'native' ? switchNativeAudio : switchAudio)(playing, 6)));

      for (const film of [LATE_SOUND, SOUND_WITH_GAP]) {
        it(`plays a ${film.name.replaceAll('-', ' ')}, from everywhere and on both tracks`, async () => {
          await play(film, playThrough);
          await play(film, (playing) => listenAround(playing, 0));
          if (kind.player !== 'native') await play(film, (playing) => listenAround(playing, 1));
        });
      }
    });
  }

  it('was asked for nothing that it did not have', () => {
    assert.deepEqual(
      server.answers.filter(({ status }) => status >= 400),
      [],
    );
  });
});
