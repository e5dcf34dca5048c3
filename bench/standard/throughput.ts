/** How fast whole files go through, beside ffmpeg, and what memory that takes. */
import type { BenchFile, BenchMedia } from './media.js';
import { track } from './media.js';
import {
  ffmpeg,
  fragmentedMp4,
  runIntoPipe,
  runToNowhere,
  segmint,
  type Command,
  type Cost,
} from './program.js';
import type { Result } from './result.js';
import { invert, spreadOf, type Spread } from './statistics.js';
import { workInProcess, type Work } from './worker.js';

const megabyte = 1e6;

/** Video and audio copied. */
export async function measureRemux(media: BenchMedia, withFfmpeg: boolean): Promise<Result[]> {
  const { film, lengths } = media;
  const audio = ['--audio-track', String(track.aac)];
  const copy = (path: string, to: string): Command =>
    ffmpeg('-i', path, '-map', '0:0', '-map', '0:1', '-c', 'copy', ...fragmentedMp4, to);
  const pipe = (name: string, file: BenchFile, count: number, goal?: number): Promise<Result> =>
    compare({
      name,
      amount: file.bytes / megabyte,
      unit: 'MB/s',
      count,
      goal,
      run: runIntoPipe,
      segmint: segmint('remux', file.path, '-o', '-', ...audio),
      ffmpeg: withFfmpeg ? copy(file.path, 'pipe:1') : undefined,
    });
  // Into the page cache.
  for (const file of [film, lengths[0], lengths[1]]) await workInProcess({ path: file.path, what: 'read' });
  return [
    await inProcess('read the file, and nothing else', film, { what: 'read' }),
    await inProcess('and find every sample in it (the ceiling)', film, { what: 'walk' }),
    await inProcess('library, result not kept', film, { what: 'stream' }),
    await inProcess('library, `reuseMemory`', film, { what: 'stream', options: { reuseMemory: true } }),
    await compare({
      name: '`cat`, into a pipe (what it takes)',
      amount: film.bytes / megabyte,
      unit: 'MB/s',
      count: 5,
      run: runIntoPipe,
      segmint: ['cat', film.path],
      ffmpeg: undefined,
    }),
    await pipe('command, into a pipe', film, 7, 2),
    await compare({
      name: 'command, to /dev/null',
      amount: film.bytes / megabyte,
      unit: 'MB/s',
      count: 5,
      run: runToNowhere,
      segmint: segmint('remux', film.path, '-o', '/dev/null', ...audio),
      ffmpeg: withFfmpeg ? copy(film.path, '/dev/null') : undefined,
    }),
    await pipe('command, into a pipe: 30 min of small pictures', lengths[1], 5),
    await pipe('command, into a pipe: 2 min of small pictures', lengths[0], 7),
  ];
}

/** Video copied, E-AC-3 5.1 to AAC stereo. */
export async function measureEncode({ surround }: BenchMedia, withFfmpeg: boolean): Promise<Result[]> {
  await workInProcess({ path: surround.path, what: 'read' });
  const encode = ffmpeg('-i', surround.path, '-c:v', 'copy', '-c:a', 'aac', '-b:a', '192k', '-ac', '2');
  return [
    await compare({
      name: 'command, into a pipe',
      amount: surround.seconds,
      unit: 'x real time',
      count: 3,
      goal: 2,
      run: runIntoPipe,
      segmint: segmint('remux', surround.path, '-o', '-'),
      ffmpeg: withFfmpeg ? [...encode, ...fragmentedMp4, 'pipe:1'] : undefined,
    }),
  ];
}

/** The library, in a process of its own. */
export async function inProcess(name: string, file: BenchFile, work: Omit<Work, 'path'>): Promise<Result> {
  const runs: { ms: number; peakBytes: number }[] = [];
  for (let i = 0; i < 5; i++) runs.push(await workInProcess({ path: file.path, ...work }));
  return {
    name,
    unit: 'MB/s',
    segmint: invert(spreadOf(runs.map(({ ms }) => ms / 1000)), file.bytes / megabyte),
    segmintPeakBytes: peakOf(runs),
  };
}

/** Two commands that do the same. */
interface Comparison {
  readonly name: string;
  /** What one run gets done; the result is this over the seconds it takes. */
  readonly amount: number;
  readonly unit: Result['unit'];
  readonly count: number;
  readonly goal?: number | undefined;
  readonly run: (command: Command) => Promise<Cost>;
  readonly segmint: Command;
  readonly ffmpeg: Command | undefined;
}

/** Runs both in turn, so that whatever else the machine does meets both. */
export async function compare({
  name,
  amount,
  unit,
  count,
  goal,
  run,
  ...commands
}: Comparison): Promise<Result> {
  const segmintRuns: Cost[] = [];
  const ffmpegRuns: Cost[] = [];
  for (let i = 0; i < count; i++) {
    segmintRuns.push(await run(commands.segmint));
    if (commands.ffmpeg !== undefined) ffmpegRuns.push(await run(commands.ffmpeg));
  }
  const rate = (runs: readonly Cost[]): Spread => invert(spreadOf(runs.map(({ ms }) => ms / 1000)), amount);
  return {
    name,
    unit,
    segmint: rate(segmintRuns),
    segmintPeakBytes: peakOf(segmintRuns),
    ...(ffmpegRuns.length === 0 ? {} : { ffmpeg: rate(ffmpegRuns), ffmpegPeakBytes: peakOf(ffmpegRuns) }),
    ...(goal === undefined ? {} : { goal }),
  };
}

function peakOf(runs: readonly { readonly peakBytes: number | undefined }[]): number | undefined {
  const peaks = runs.map(({ peakBytes }) => peakBytes).filter((bytes) => bytes !== undefined);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
