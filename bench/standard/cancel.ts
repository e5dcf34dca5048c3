/** How soon the engines rest when nobody wants their work any more. */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createEnginePool,
  everyBrowserTarget,
  openFile,
  openSegmented,
  streamTranscodeUniversal,
  type EnginePool,
} from '../../src/index.js';
import { startServer, streamUrl, type RunningServer } from './first-fragment.js';
import type { PictureFile, PictureFiles } from './pictures.js';
import { childrenOf } from './process-family.js';
import type { Result } from './result.js';
import { openRenditions } from './served-renditions.js';
import { spreadOf } from './statistics.js';

const runs = 5;
/** When the viewer leaves, after asking: everybody is at work then. */
const leaveAfterMs = 700;
const lookMs = 10;
/** What the system counts processor time in is 10 ms: who took none for so long rests. */
const restMs = 100;
/** After so long it is said that they never did. */
const longestMs = 10_000;
const limitMs = 1000;

/** Milliseconds from when a viewer leaves until no engine works for them any more. */
export async function measureCancellation({ tenBit: file }: PictureFiles): Promise<Result[]> {
  await using engine = createEnginePool();
  await engine.ready();
  using server = await startServer(file.path);
  const stream = await streamUrl(server, file.path);
  const video = (await openRenditions(server, file.path)).find(({ kind }) => kind === 'video')!;
  let asked = 0;
  return [
    await repeat('library, stream that is left', () => leaveStream(file, engine)),
    await repeat('library, segment whose signal aborts', () => leaveSegment(file, engine)),
    await repeat('server, stream whose connection ends', () => leaveServer(server, stream)),
    await repeat('server, HLS segment whose connection ends', () =>
      leaveServer(server, video.segments[asked++ % video.segments.length]!),
    ),
  ];
}

async function repeat(name: string, leave: () => Promise<number>): Promise<Result> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await leave());
  return { name, unit: 'ms', segmint: spreadOf(times), limit: limitMs };
}

async function leaveStream({ path }: PictureFile, engine: EnginePool): Promise<number> {
  const stream = streamTranscodeUniversal(await openFile(path), { engine, forceVideoReencode: true });
  const lists = stream.chunks();
  await lists.next();
  await lists.next();
  const leftAt = performance.now();
  await lists.return?.();
  return await restOf(engine, leftAt);
}

async function leaveSegment({ path }: PictureFile, engine: EnginePool): Promise<number> {
  await using media = await openSegmented(await openFile(path), { engine });
  const { renditions } = media.describe(everyBrowserTarget);
  const video = renditions.find(({ type }) => type === 'video')!;
  const leaving = new AbortController();
  const made = media.segment(video.id, 1, { signal: leaving.signal }).catch(() => undefined);
  await sleep(leaveAfterMs);
  const leftAt = performance.now();
  leaving.abort();
  await made;
  return await restOf(engine, leftAt);
}

async function restOf(engine: EnginePool, leftAt: number): Promise<number> {
  while (engine.stats.jobsRunning > 0 && performance.now() - leftAt < longestMs) await sleep(lookMs);
  return performance.now() - leftAt;
}

async function leaveServer(server: RunningServer, url: URL): Promise<number> {
  const request = get(url, { agent: false }, (response) => response.resume());
  request.on('error', () => undefined);
  await sleep(leaveAfterMs);
  // One that is started in the place of one that is killed does nobody's work.
  const engines = childrenOf(server.pid);
  const leftAt = performance.now();
  request.destroy();
  let spent = sumOf(engines);
  let busyUntil = leftAt;
  for (let now = leftAt; now - busyUntil < restMs && now - leftAt < longestMs; now = performance.now()) {
    await sleep(lookMs);
    const present = sumOf(engines);
    if (present !== spent) busyUntil = performance.now();
    spent = present;
  }
  return busyUntil - leftAt;
}

/** Processor time of processes so far, of those that live; in the system's ticks. */
function sumOf(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      sum += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended.
    }
  }
  return sum;
}
