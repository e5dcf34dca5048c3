/** One measurement in a process of its own, so that its memory is its own. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createEnginePool,
  openFile,
  streamTranscodeFmp4,
  streamTranscodeUniversal,
  type ContinuousOptions,
} from '../../src/index.js';
import { openMatroska } from '../../src/matroska/demuxer.js';
import { peakMemoryOf } from './process-family.js';

/** What is to be done with a file. */
export interface Work {
  readonly path: string;
  /**
   * `read`: read all bytes. `walk`: and find every sample. `stream`: and make the whole fragmented MP4, which nobody
   * takes. `streamAny`: the same of any container.
   */
  readonly what: 'read' | 'walk' | 'stream' | 'streamAny';
  /** Which audio, which memory. */
  readonly options?: Pick<ContinuousOptions, 'audioTrack' | 'audio' | 'reuseMemory'>;
  /** How long the reader rests after each fragment. */
  readonly restMs?: number;
}

/** What it cost. */
export interface WorkDone {
  /** Without starting the process and loading the program. */
  readonly ms: number;
  /** Bytes read (`read`, `walk`) or made. */
  readonly bytes: number;
  /** Largest resident memory of the process. */
  readonly peakBytes: number;
  /** Largest resident memory of an engine, where there were engines. */
  readonly enginePeakBytes: number | undefined;
}

/** Has work done by a process of its own. */
export async function workInProcess(work: Work): Promise<WorkDone> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'worker', JSON.stringify(work)]);
  return JSON.parse(stdout) as WorkDone;
}

/** The other side of {@link workInProcess}. */
export async function workInChild(text: string): Promise<void> {
  const work = JSON.parse(text) as Work;
  const isRead = work.what === 'read' || work.what === 'walk';
  const done = isRead ? await read(work) : await stream(work);
  // What the system counts for a process since its fork begins with the memory of the one that forked it.
  const peakBytes = peakMemoryOf(process.pid) ?? process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ...done, peakBytes } satisfies WorkDone));
}

type Done = Omit<WorkDone, 'peakBytes'>;

async function read({ path, what }: Work): Promise<Done> {
  const startedAt = performance.now();
  await using source = await openFile(path);
  let bytes = 0;
  if (what === 'read') {
    for await (const chunk of source.stream(0)) bytes += chunk.length;
  } else {
    const demuxer = await openMatroska(source);
    for await (const batch of demuxer.samples()) {
      for (const { data } of batch) bytes += data.length;
    }
  }
  return { ms: performance.now() - startedAt, bytes, enginePeakBytes: undefined };
}

async function stream({ path, what, options, restMs }: Work): Promise<Done> {
  await using engine = options?.audio === 'aac' ? createEnginePool() : undefined;
  await engine?.ready();
  const startedAt = performance.now();
  const open = what === 'stream' ? streamTranscodeFmp4 : streamTranscodeUniversal;
  const fmp4 = open(await openFile(path), { ...options, engine });
  let bytes = 0;
  for await (const list of fmp4.chunks()) {
    for (const chunk of list) bytes += chunk.length;
    if (restMs !== undefined) await sleep(restMs);
  }
  const ms = performance.now() - startedAt;
  const peaks = (engine?.stats.pids ?? []).map((pid) => peakMemoryOf(pid) ?? 0);
  return { ms, bytes, enginePeakBytes: peaks.length === 0 ? undefined : Math.max(...peaks) };
}
