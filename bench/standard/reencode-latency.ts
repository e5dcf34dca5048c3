/** How long a viewer of encoded video waits: for the first fragment, and for a segment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnginePool } from '../../src/index.js';
import { encodingOptions, ffmpegEncode, segmintEncode } from './encoded-like.js';
import { libraryEncodeMs, programMs, serverMs, startServer, streamUrl } from './first-fragment.js';
import { fetchMs, openRenditions } from './served-renditions.js';
import type { PictureFile, PictureFiles } from './pictures.js';
import { ffmpeg, fragmentedMp4, runToNowhere } from './program.js';
import type { Result } from './result.js';
import { spreadOf } from './statistics.js';

const warmRuns = 5;
const coldRuns = 2;
/** How long a player plays between two requests for segments of some six seconds: it has less ahead than it would like. */
const playingMs = 3000;
/** What a killed process leaves to be cleared away is not to be met by the next. */
const settleMs = 300;
/** Seconds from one key frame to the next, and so of a fragment, that ffmpeg is asked for: as in HLS of low latency. */
const fragmentSeconds = 2;

/** Milliseconds to the first encoded fragment. */
export async function measureReencodeLatency(files: PictureFiles, withFfmpeg: boolean): Promise<Result[]> {
  const results: Result[] = [];
  for (const [file, height] of [[files.mpeg2], [files.tenBit], [files.hevc], [files.h264, 720]] as const) {
    await using engine = createEnginePool();
    await engine.ready();
    using server = await startServer(file.path);
    const url = await streamUrl(server, file.path);
    url.searchParams.set('video', 'h264');
    if (height !== undefined) url.searchParams.set('height', String(height));
    const wish = { file, height, keyframeSeconds: fragmentSeconds };
    const library: number[] = [];
    const http: number[] = [];
    const command: number[] = [];
    const program: number[] = [];
    for (let i = 0; i <= warmRuns; i++) {
      await sleep(settleMs);
      // The first of each is not counted: a warm process has met its code before.
      (i === 0 ? [] : library).push(await libraryEncodeMs(file.path, { engine, height }));
      await sleep(settleMs);
      (i === 0 ? [] : http).push(await serverMs(url, 0));
      if (i >= coldRuns) continue;
      await sleep(settleMs);
      if (withFfmpeg) program.push(await programMs(ffmpegEncode(wish, 'pipe:1')));
      command.push(await programMs(segmintEncode(wish, '-')));
    }
    const beside = withFfmpeg ? { ffmpeg: spreadOf(program) } : {};
    const name = height === undefined ? file.content : `${file.content}, to ${height}p`;
    results.push(
      { name: `library, ${name}`, unit: 'ms', segmint: spreadOf(library), ...beside, goal: 2 },
      { name: `server, ${name}`, unit: 'ms', segmint: spreadOf(http), ...beside, goal: 2 },
      { name: `command, ${name}`, unit: 'ms', segmint: spreadOf(command), ...beside },
    );
  }
  return results;
}

/** Milliseconds to an HLS segment whose video is encoded for it. */
export async function measureReencodedSegments(files: PictureFiles, withFfmpeg: boolean): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of [files.mpeg2, files.tenBit]) {
    using server = await startServer(file.path, 'none');
    const video = (await openRenditions(server, file.path)).find(({ kind }) => kind === 'video')!;
    const cold: number[] = [];
    const others: number[] = [];
    // Without the last, which is short.
    for (const [n, end] of video.starts.entries()) {
      if (n === 0) continue;
      cold.push(await fetchMs(video.segments[n - 1]!));
      if (withFfmpeg) others.push(await segmentByFfmpeg(file, video.starts[n - 1]!, end));
    }
    results.push({
      name: `${file.content}, cold`,
      unit: 'ms',
      segmint: spreadOf(cold),
      ...(withFfmpeg ? { ffmpeg: spreadOf(others) } : {}),
    });
  }
  results.push(await measureNextSegments(files.mpeg2));
  return results;
}

/** Milliseconds to the segments of a player that asks for one after the other: all but the first can be there already. */
async function measureNextSegments(file: PictureFile): Promise<Result> {
  using server = await startServer(file.path, 'memory');
  const video = (await openRenditions(server, file.path)).find(({ kind }) => kind === 'video')!;
  const next: number[] = [];
  for (const [n, url] of video.segments.slice(0, -1).entries()) {
    if (n > 0) await sleep(playingMs);
    const ms = await fetchMs(url);
    if (n > 0) next.push(ms);
  }
  return { name: `${file.content}, the next of a player`, unit: 'ms', segmint: spreadOf(next) };
}

async function segmentByFfmpeg(file: PictureFile, start: number, end: number): Promise<number> {
  const range = ['-ss', start.toFixed(3), '-t', (end - start).toFixed(3), '-i', file.path];
  const options = encodingOptions({ file, keyframeSeconds: end - start });
  return (await runToNowhere(ffmpeg(...range, ...options, ...fragmentedMp4, 'pipe:1'))).ms;
}
