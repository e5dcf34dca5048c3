import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { launchOnce, playFilm, serveFilms } from './film-suite.js';
import { FILM, LATE_SOUND, SOUND_WITH_GAP, type Film } from './films.js';
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
import { CHROMIUM_PLAYERS, FIREFOX_PLAYER, type PlayerKind } from './player-page.js';

// Real players play what the real server makes of a film that tells where it is: a number in each picture, a tone for
// each second.

const SEEKS = 20;

const skip = missingTools('playing HLS', 'ffmpeg', 'ffprobe');
const players: readonly (PlayerKind & { readonly missing: string | false })[] = [
  ...CHROMIUM_PLAYERS.map((kind) => ({ ...kind, missing: missingBrowser() })),
  { ...FIREFOX_PLAYER, missing: missingFirefox() },
];

describe('playing HLS', { skip }, () => {
  const served = serveFilms([FILM, LATE_SOUND, SOUND_WITH_GAP]);

  for (const kind of players) {
    describe(kind.name, { skip: kind.missing }, () => {
      const browser = launchOnce(kind.launch);

      async function play(film: Film, scenario: (playing: Playing) => Promise<void>): Promise<void> {
        const { width, height } = await playFilm(served, browser(), kind, film, scenario);
        assert.deepEqual([width, height], [320, 180]);
      }

      it('plays from the beginning to the end', () => play(FILM, (playing) => playThrough(playing)));

      it(`seeks ${SEEKS} times`, () =>
        play(FILM, (playing) => seekAround(playing, randomTargets(kind.name, SEEKS, FILM.duration))));

      it('changes between audio tracks', () =>
        play(FILM, (playing) => (kind.player === 'native' ? switchNativeAudio : switchAudio)(playing, 4)));

      for (const [film, from, to] of [
        [LATE_SOUND, 0, 8],
        [SOUND_WITH_GAP, 8, 28],
      ] as const) {
        it(`plays a ${film.name.replaceAll('-', ' ')}, from everywhere and on both tracks`, () =>
          play(film, async (playing) => {
            await playThrough(playing, from, to);
            await listenAround(playing, 0);
            if (kind.player !== 'native') await listenAround(playing, 1);
          }));
      }
    });
  }

  it('was asked for nothing that it did not have', () => {
    assert.deepEqual(
      served.server.answers.filter(({ status }) => status >= 400),
      [],
    );
  });
});
