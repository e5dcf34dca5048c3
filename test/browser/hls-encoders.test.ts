import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { byTurns, STAND_IN_ENGINE, type MadeByTurns } from '../support/by-turns.js';
import { missingTools } from '../support/tools.js';
import { missingBrowser } from './chromium.js';
import { filmPath, filmTiming, OPEN_WITHOUT_IDR, type Film } from './films.js';
import { missingFirefox } from './firefox.js';
import { seekAround } from './hls-scenarios.js';
import { startHlsServer, videoCuts, type HlsServer } from './hls-server.js';
import { CHROMIUM_PLAYERS, FIREFOX_PLAYER, type PlayerBrowser, type PlayerKind } from './player-page.js';

// The segments of one rendition come from two encoders by turns: from x264, whose parameter sets stand in the init segment,
// and from one of another profile, which has them under another number. Players must take that as one stream.

const skip = missingTools('playing segments of several encoders', 'ffmpeg', 'ffprobe');
const players: readonly (PlayerKind & { readonly missing: string | false })[] = [
  ...CHROMIUM_PLAYERS.map((kind) => ({ ...kind, missing: missingBrowser() })),
  { ...FIREFOX_PLAYER, missing: missingFirefox() },
];

const FILM: Film = { ...OPEN_WITHOUT_IDR, name: 'open-gop-of-two-encoders', duration: 26, audio: [] };

describe('playing segments of several encoders', { skip }, () => {
  let pool: EnginePool;
  let server: HlsServer;
  const made: MadeByTurns = { device: 0, x264: 0 };

  before(async () => {
    pool = createEnginePool({ entry: STAND_IN_ENGINE });
    server = await startHlsServer([filmPath(FILM)], byTurns(pool, made));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await pool[Symbol.asyncDispose]();
  });

  for (const kind of players) {
    it(kind.name, { skip: kind.missing }, async () => {
      await using browser: PlayerBrowser = await kind.launch();
      const master = server.masters[0]!;
      const cuts = await videoCuts(server, master);
      const page = await browser.open(`${server.url}/harness/`);
      await page.call('open', master, kind.player);
      const playing = { page, film: FILM, cuts, timing: filmTiming(FILM, filmPath(FILM)) };
      const middles = cuts.slice(0, -1).map((start, i) => (start + cuts[i + 1]!) / 2);
      await seekAround(playing, middles.toReversed());
      await page.call('seek', 0, 0);
      await page.call('take');
      await page.call('playTo', Infinity, 4);
      const { errors, currentTime, sights } = await page.call('take');
      assert.deepEqual(errors, []);
      assert.ok(Math.abs(currentTime - FILM.duration) < 0.2, `ends at ${currentTime} s`);
      const numbers = sights.map(([, number]) => number).filter((number) => number >= 0);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
      assert.deepEqual(page.complaints, []);
      assert.ok(made.device > 0 && made.x264 > 0, JSON.stringify(made));
    });
  }
});
