/** Many viewers in a process of their own, so that the server's time is its own. */
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../test/support/seeded-random.js';
import { watch, type Sightings, type Viewing } from './viewer.js';

/** What they do. */
export interface ViewerLoad extends Pick<Viewing, 'server' | 'films' | 'speed'> {
  readonly viewers: number;
  readonly seconds: number;
}

/** All come within this time. */
const arrivalMs = 5000;

/** Has viewers watch in another process. */
export async function watchInProcess(load: ViewerLoad): Promise<Sightings> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'viewers-worker', JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) text += part as string;
  return JSON.parse(text) as Sightings;
}

/** The other side of {@link watchInProcess}. */
export async function watchInChild(text: string): Promise<void> {
  const { viewers, seconds, ...viewing } = JSON.parse(text) as ViewerLoad;
  const seen: Sightings = { segmentMs: [], otherMs: [], bytes: 0, failures: {} };
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const all = Array.from({ length: viewers }, async (_, i) => {
    await sleep((i * arrivalMs) / viewers);
    await watch(
      { ...viewing, userAgent: `viewer ${i}`, random: seededRandom(`viewer ${i}`), signal: leaving.signal },
      seen,
    );
  });
  await sleep(seconds * 1000);
  leaving.abort();
  await Promise.all(all);
  console.log(JSON.stringify(seen));
}
