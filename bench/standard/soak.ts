/** A server that is used in all ways for a long time: what it holds at the end is what it held at the beginning. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SegmintServer, type ServerState } from '../../test/support/segmint-server.js';
import type { BenchMedia } from './media.js';
import type { Result } from './result.js';
import { spreadOf } from './statistics.js';
import { watchInProcess, type LoadSightings } from './viewer-load.js';
import { checkServed, longestWork, longestWorkName } from './viewers.js';

/** Who uses it. */
export const soakCrowd = { viewers: 60, encodedViewers: 3, passersBy: 12 } as const;

const mebibyte = 1 << 20;
const engines = 2;
/** What its folder may hold: less than is watched, so that what is old has to go. */
const storeBytes = 512 * mebibyte;
/** Processes that read for others stay for the next reader for a while. */
const longestRestMs = 240_000;

interface Holdings {
  readonly state: ServerState;
  readonly descriptors: number;
  readonly processes: number;
  readonly unfinished: number;
  readonly storeBytes: number;
}

/**
 * Lets a crowd of all kinds use a server.
 * @param media - what they watch: two hours and half an hour of small pictures.
 * @param minutes - how long.
 */
export async function measureSoak({ lengths }: BenchMedia, minutes: number): Promise<Result[]> {
  const [, half, long] = lengths;
  const store = await mkdtemp(join(tmpdir(), 'segmint-soak-'));
  const limits = ['--store', store, '--disk-cache-size', String(storeBytes), '--cache-size', '64M'];
  const options = [...limits, '--engines', String(engines), '--log-level', 'silent'];
  const server = await SegmintServer.start([dirname(long.path)], ...options);
  try {
    const crowd = { server: server.url, films: [half, long].map(({ path }) => basename(path)), speed: 1 };
    const load = (seconds: number): Promise<LoadSightings> =>
      watchInProcess({ ...crowd, ...soakCrowd, seconds });
    // What is made once and stays has been made after that.
    const warming = await load(Math.min(60, minutes * 30));
    const before = await untilAtRest(server, store);
    const seen = await load(minutes * 60);
    const busy = await server.state();
    const after = await untilAtRest(server, store);
    checkServed(warming.copied, warming.encoded, seen.copied, seen.encoded);
    return resultsOf(seen, minutes, before, busy, after);
  } finally {
    await server.stop();
    await rm(store, { recursive: true });
  }
}

/** Waits until nothing is under way and nobody is connected any more. */
async function untilAtRest(server: SegmintServer, store: string): Promise<Holdings> {
  const deadline = performance.now() + longestRestMs;
  for (;;) {
    const health = (await (await fetch(new URL('/healthz', server.url))).json()) as Record<string, unknown>;
    const state = await server.state();
    const { descriptors, children } = server;
    const isIdle = health['streams'] === 0 && health['answers'] === 0 && children.length <= engines;
    // The connection that has just asked is one.
    const isAlone = (state.resources['TCPSocketWrap'] ?? 0) <= 1;
    if ((isIdle && isAlone) || performance.now() > deadline) {
      const unfinished = (await readdir(join(store, 'segments', 'making'))).length;
      return { state, descriptors, processes: children.length, unfinished, storeBytes: await sizeOf(store) };
    }
    await sleep(1000);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // What is old may be let go at any moment.
  const size = (path: string): Promise<number> =>
    stat(path).then(
      (facts) => facts.size,
      () => 0,
    );
  const sizes = await Promise.all(files.map(({ parentPath, name }) => size(join(parentPath, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function resultsOf(
  { copied, encoded, departures }: LoadSightings,
  minutes: number,
  before: Holdings,
  busy: ServerState,
  after: Holdings,
): Result[] {
  const tail = (name: string, values: readonly number[]): Result => ({
    ...{ name, unit: 'ms', isTail: true },
    segmint: spreadOf(values),
  });
  const one = (name: string, unit: Result['unit'], value: number, limit?: number): Result => ({
    ...{ name, unit, segmint: spreadOf([value]) },
    ...(limit === undefined ? {} : { limit }),
  });
  const answers = [copied, encoded].reduce(
    (sum, seen) => sum + seen.segmentMs.length + seen.otherMs.length,
    0,
  );
  return [
    tail('a copied segment, 50th / 95th percentile', copied.segmentMs),
    tail('an encoded segment, 50th / 95th percentile', encoded.segmentMs),
    one('answers', 'a second', answers / (minutes * 60)),
    one('clients who left', 'a second', departures / (minutes * 60)),
    one('refused for want of engines', 'a second', encoded.refusals / (minutes * 60)),
    one('event loop held up, at most', 'ms', busy.longestDelayMs, 50),
    ...longestWork(busy).map((ms) => one(longestWorkName, 'ms', ms)),
    one('memory at rest, before', 'MiB', before.state.rssBytes / mebibyte),
    one('memory at the end', 'MiB', busy.rssBytes / mebibyte),
    one('memory at rest, after', 'MiB', after.state.rssBytes / mebibyte),
    one('of it objects, before', 'MiB', before.state.heapBytes / mebibyte),
    one('of it objects, after', 'MiB', after.state.heapBytes / mebibyte),
    one('of it buffers, before', 'MiB', before.state.bufferBytes / mebibyte),
    one('of it buffers, after', 'MiB', after.state.bufferBytes / mebibyte),
    one('files and connections open at rest, before', 'count', before.descriptors),
    one('files and connections open at rest, after', 'count', after.descriptors),
    one('processes at rest, before', 'count', before.processes),
    one('processes at rest, after', 'count', after.processes),
    one('unfinished files at rest, after', 'count', after.unfinished, 0),
    one('store', 'MiB', after.storeBytes / mebibyte, storeBytes / mebibyte),
  ];
}
