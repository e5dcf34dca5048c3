import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { launchOnce, playFilm, serveFilms } from './film-suite.js';
import { OPEN_WITH_IDR, OPEN_WITHOUT_IDR } from './films.js';
import { missingFirefox } from './firefox.js';
import { playThrough, seekAround } from './hls-scenarios.js';
import { CHROMIUM_PLAYERS, FIREFOX_PLAYER, type PlayerKind } from './player-page.js';

// Chromium begins only at IDR pictures, and takes each recovery point that it finds in a buffer for a place to begin at:
// a seek to one of them, in an open group, kills its decoder for good. So a segment of open groups is entered at its
// beginning, in its middle, and all over once more when everything is buffered.

const FILMS = [OPEN_WITHOUT_IDR, OPEN_WITH_IDR];

const skip = missingTools('playing open groups of pictures', 'ffmpeg', 'ffprobe');
const players: readonly (PlayerKind & { readonly missing: string | false })[] = [
  ...CHROMIUM_PLAYERS.map((kind) => ({ ...kind, missing: missingBrowser() })),
  { ...FIREFOX_PLAYER, missing: missingFirefox() },
];

describe('playing open groups of pictures', { skip }, () => {
  const served = serveFilms(FILMS);

  for (const kind of players) {
    describe(kind.name, { skip: kind.missing }, () => {
      const browser = launchOnce(kind.launch);

      for (const film of FILMS) {
        it(`seeks everywhere in ${film.name}`, async () => {
          await playFilm(served, browser(), kind, film, async (playing) => {
            const { cuts } = playing;
            assert.ok(cuts.length > 3, 'it has several segments');
            const starts = cuts.slice(0, -1);
            const middles = starts.map((start, i) => (start + cuts[i + 1]!) / 2);
            // Backwards first, so that each segment is entered before the one ahead of it was played.
            await seekAround(playing, [...middles].reverse());
            await seekAround(playing, starts);
            await playThrough(playing);
            await seekAround(
              playing,
              Array.from({ length: 7 }, (_, i) => ((i * 4) % 7) * (film.duration / 7.3)),
            );
          });
        });
      }
    });
  }
});
