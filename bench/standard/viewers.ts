/** What many viewers of copied HLS get from one server, and what it costs it. */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../src/errors.js';
import { SegmintServer, type ServerState } from '../../test/support/segmint-server.js';
import type { BenchMedia } from './media.js';
import type { Result } from './result.js';
import { percentileOf, spreadOf } from './statistics.js';
import { watchInProcess } from './viewer-load.js';
import type { Sightings } from './viewer.js';

/** How many watch. */
export const viewerCount = 200;
/** Film seconds that pass in a second. */
export const viewerSpeed = 1;

const mebibyte = 1 << 20;

/**
 * Lets 200 viewers watch from places of their own, and go to others.
 * @param media - what they watch: two hours and half an hour of small pictures, and ten minutes of large ones.
 * @param minutes - how long.
 */
export async function measureViewers({ lengths }: BenchMedia, minutes: number): Promise<Result[]> {
  const [, half, long] = lengths;
  // Less than a film has, so that most is made, and memory is full before it is first looked at.
  const kept = ['--store', 'memory', '--cache-size', '64M'];
  const server = await SegmintServer.start([dirname(long.path)], ...kept, '--log-level', 'silent');
  const seconds = minutes * 60;
  const firstSeconds = Math.min(60, seconds / 2);
  await server.state();
  const watching = watchInProcess({
    server: server.url,
    films: [half, half, long, long, long].map(({ path }) => path.slice(dirname(path).length + 1)),
    speed: viewerSpeed,
    viewers: viewerCount,
    seconds,
  });
  await sleep(firstSeconds * 1000);
  const first = await server.state();
  const seen = await watching;
  const last = await server.state();
  await server.stop();
  checkServed(seen.copied);
  return resultsOf(seen.copied, first, last, seconds);
}

/** @throws {EngineError} when something went wrong for a viewer. */
export function checkServed(...all: readonly Sightings[]): void {
  const failures = all.flatMap(({ failures }) => Object.entries(failures));
  if (failures.length === 0) return;
  const text = failures.map(([what, count]) => `${count} times ${what}`).join(', ');
  throw new EngineError(`Viewers were not served: ${text}.`);
}

/** Of what holds up the event loop the part that is the server's own. */
export const longestWorkName = 'of it by its own work, at most';

/** The longest piece of work of a server, where the system tells. */
export function longestWork(...states: readonly ServerState[]): number[] {
  const known = states.map(({ longestWorkMs }) => longestWorkMs).filter((ms) => ms !== undefined);
  return known.length === 0 ? [] : [Math.max(...known)];
}

function resultsOf(
  { segmentMs, otherMs, bytes }: Sightings,
  first: ServerState,
  last: ServerState,
  seconds: number,
): Result[] {
  const one = (name: string, unit: Result['unit'], value: number, limit?: number): Result => ({
    name,
    unit,
    segmint: spreadOf([value]),
    ...(limit === undefined ? {} : { limit }),
  });
  return [
    { name: 'a segment, 50th / 95th percentile', unit: 'ms', segmint: spreadOf(segmentMs), isTail: true },
    one('a segment, 99th percentile', 'ms', percentileOf(segmentMs, 0.99)),
    {
      name: 'a playlist or init segment, 50th / 95th percentile',
      unit: 'ms',
      segmint: spreadOf(otherMs),
      isTail: true,
    },
    one('answers', 'a second', (segmentMs.length + otherMs.length) / seconds),
    one('sent', 'MB/s', bytes / seconds / 1e6),
    one('event loop held up, at most', 'ms', Math.max(first.longestDelayMs, last.longestDelayMs), 50),
    ...longestWork(first, last).map((ms) => one(longestWorkName, 'ms', ms)),
    one('memory after the first part', 'MiB', first.rssBytes / mebibyte),
    one('memory at the end', 'MiB', last.rssBytes / mebibyte),
  ];
}
