/** Many viewers in a process of their own, so that the server's time is its own. */
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../test/support/seeded-random.js';
import { comeAndGo } from './passer-by.js';
import { noSightings, watch, type Sightings, type Viewing } from './viewer.js';

/** What they do. */
export interface ViewerLoad extends Pick<Viewing, 'server' | 'films' | 'speed'> {
  /** Viewers of what is copied. */
  readonly viewers: number;
  /** Viewers of the smallest form, which is encoded for them. */
  readonly encodedViewers?: number;
  /** Clients that ask for one thing after another and leave at any moment. */
  readonly passersBy?: number;
  readonly seconds: number;
}

/** What they have seen. */
export interface LoadSightings {
  /** Viewers of what is copied. */
  readonly copied: Sightings;
  /** Viewers of what is encoded. */
  readonly encoded: Sightings;
  /** How often somebody has left. */
  readonly departures: number;
}

/** All come within this time. */
const arrivalMs = 5000;

/**
 * Has viewers watch in another process. It gives way to the server: viewers have machines of their own as a rule, and what
 * they do with what they are sent would keep the server waiting for a core.
 */
export async function watchInProcess(load: ViewerLoad): Promise<LoadSightings> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn('nice', ['-n', '10', process.execPath, main, 'viewers-worker', JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) text += part as string;
  return JSON.parse(text) as LoadSightings;
}

/** The other side of {@link watchInProcess}. */
export async function watchInChild(text: string): Promise<void> {
  const load = JSON.parse(text) as ViewerLoad;
  const { viewers, encodedViewers = 0, passersBy = 0, seconds, server, films, speed } = load;
  const leaving = new AbortController();
  const { signal } = leaving;
  setMaxListeners(0, signal);
  const copied = noSightings();
  const encoded = noSightings();
  let departures = 0;
  const crowd = async (count: number, name: string, come: (who: Who) => Promise<void>): Promise<void> => {
    const all = Array.from({ length: count }, async (_, i) => {
      await sleep((i * arrivalMs) / count);
      await come({ userAgent: `${name} ${i}`, random: seededRandom(`${name} ${i}`), signal });
    });
    await Promise.all(all);
  };
  const viewing = { server, films, speed };
  const all = [
    crowd(viewers, 'viewer', (who) => watch({ ...viewing, ...who, rendition: 'first' }, copied)),
    crowd(encodedViewers, 'encoded', (who) => watch({ ...viewing, ...who, rendition: 'last' }, encoded)),
    crowd(passersBy, 'passer-by', (who) => comeAndGo({ ...viewing, ...who }, () => departures++)),
  ];
  await sleep(seconds * 1000);
  leaving.abort();
  await Promise.all(all);
  console.log(JSON.stringify({ copied, encoded, departures } satisfies LoadSightings));
}

type Who = Pick<Viewing, 'userAgent' | 'random' | 'signal'>;
