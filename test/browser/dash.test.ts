import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { launchOnce, playFilm, serveFilms } from './film-suite.js';
import { FILM, LATE_SOUND, numberAt, OPEN_WITH_IDR, SOUND_WITH_GAP, WIDE_FILM, type Film } from './films.js';
import {
  listenAround,
  playThrough,
  randomTargets,
  seekAround,
  switchAudio,
  type Playing,
} from './hls-scenarios.js';
import { DASH_PLAYERS } from './player-page.js';

// The two players of DASH play the manifest that goes with the playlists: the pictures tell by a number which they are, and the
// sound by its tone.

const skip = missingBrowser() || missingTools('playing DASH', 'ffmpeg', 'ffprobe');

describe('playing DASH', { skip }, () => {
  const served = serveFilms([FILM, LATE_SOUND, SOUND_WITH_GAP, OPEN_WITH_IDR, WIDE_FILM]);

  for (const kind of DASH_PLAYERS) {
    describe(kind.name, () => {
      const browser = launchOnce(kind.launch);

      async function play(film: Film, scenario: (playing: Playing) => Promise<void>): Promise<void> {
        const { languages } = await playFilm(served, browser(), kind, film, scenario);
        const expected = film.audio.map(({ language }) => new Intl.Locale(language).language);
        assert.deepEqual(languages, expected);
      }

      it('seeks, changes between audio tracks, and plays to the end', () =>
        play(FILM, async (playing) => {
          await seekAround(playing, randomTargets(kind.name, 12, FILM.duration));
          await switchAudio(playing, 2);
          await playThrough(playing, FILM.duration - 8);
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
      served.server.answers.filter(({ status }) => status >= 400),
      [],
    );
  });
});
