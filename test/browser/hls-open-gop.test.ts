import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { filmPath, filmTiming, OPEN_WITH_IDR, OPEN_WITHOUT_IDR } from './films.js';
import { missingFirefox } from './firefox.js';
import { playThrough, seekAround } from './hls-scenarios.js';
import { startHlsServer, videoCuts, type HlsServer } from './hls-server.js';
import { CHROMIUM_PLAYERS, FIREFOX_PLAYER, type PlayerBrowser, type PlayerKind } from './player-page.js';

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

      for (const film of FILMS) {
        it(`seeks everywhere in ${film.name}`, async () => {
          const master = server.masters[FILMS.indexOf(film)]!;
          const cuts = await videoCuts(server, master);
          assert.ok(cuts.length > 3, 'it has several segments');
          const page = await browser.open(`${server.url}/harness/`);
          await page.call('open', master, kind.player);
          const playing = { page, film, cuts, timing: filmTiming(film, filmPath(film)) };
          const starts = cuts.slice(0, -1);
          const middles = starts.map((start, i) => (start + cuts[i + 1]!) / 2);
          // Backwards first, so that each segment is entered before the one ahead of it was played.
          await seekAround(playing, [...middles].reverse());
          await seekAround(playing, starts);
          await playThrough(playing);
          const everywhere = Array.from({ length: 12 }, (_, i) => ((i * 7) % 12) * (film.duration / 12.5));
          await seekAround(playing, everywhere);
          assert.deepEqual(page.complaints, []);
          await page.close();
        });
      }
    });
  }
});
