// What suites share in which players play films from a real server: what they begin they end, also where something else of it
// could not begin.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';
import { filmPath, filmTiming, type Film } from './films.js';
import type { Playing } from './hls-scenarios.js';
import { startHlsServer, videoCuts, type HlsServer } from './hls-server.js';
import type { OpenedFacts } from './page/player.js';
import type { PlayerBrowser, PlayerKind } from './player-page.js';

/** Films that are served. */
export interface ServedFilms {
  /** There while the tests run. */
  readonly server: HlsServer;
  /** What makes its segments. */
  readonly engine: EnginePool;
  /** Path of a film's master playlist. */
  masterOf(film: Film): string;
}

/** Has films served to the tests of the suite that is being described. */
export function serveFilms(films: readonly Film[]): ServedFilms {
  let engine: EnginePool | undefined;
  let server: HlsServer | undefined;
  before(async () => {
    engine = createEnginePool();
    server = await startHlsServer(films.map(filmPath), engine);
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await engine?.[Symbol.asyncDispose]();
  });
  return {
    get server() {
      return server!;
    },
    get engine() {
      return engine!;
    },
    masterOf: (film) => server!.masters[films.indexOf(film)]!,
  };
}

/** Has a browser for the tests of the suite that is being described; gives it while they run. */
export function launchOnce<Launched extends AsyncDisposable>(
  launch: () => Promise<Launched>,
): () => Launched {
  let browser: Launched | undefined;
  before(async () => {
    browser = await launch();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
  });
  return () => browser!;
}

/**
 * Opens a film in a page, lets it be played, and looks at what the page complains of.
 * @returns what was told of it when it was opened.
 */
export async function playFilm(
  served: ServedFilms,
  browser: PlayerBrowser,
  { player }: PlayerKind,
  film: Film,
  scenario: (playing: Playing) => Promise<void>,
): Promise<OpenedFacts> {
  const { server } = served;
  const master = served.masterOf(film);
  const cuts = await videoCuts(server, master);
  const page = await browser.open(`${server.url}/harness/`);
  const isDash = player === 'dash.js' || player === 'Shaka';
  const facts = await page.call(
    'open',
    isDash ? master.replace('master.m3u8', 'manifest.mpd') : master,
    player,
  );
  assert.ok(Math.abs(facts.duration - film.duration) < 0.2, `lasts ${facts.duration} s`);
  try {
    await scenario({ page, film, cuts, timing: filmTiming(film, filmPath(film)) });
  } catch (error) {
    if (error instanceof Error) error.message += `\nRequests:\n${server.tellRequests()}`;
    throw error;
  }
  assert.deepEqual(page.complaints, []);
  await page.close();
  return facts;
}
