/** The table of first fragments. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnginePool } from '../../src/index.js';
import { libraryMs, programMs, serverMs, startServer, streamUrl } from './first-fragment.js';
import type { BenchFile, BenchMedia } from './media.js';
import { ffmpeg, fragmentedMp4, segmint, type Command } from './program.js';
import type { Result } from './result.js';
import { spreadOf } from './statistics.js';

const warmRuns = 15;
const coldRuns = 7;
const settleMs = 150;

/** Milliseconds to the first fragment: from the beginning, and from the middle. */
export async function measureLatency(media: BenchMedia, withFfmpeg: boolean): Promise<Result[]> {
  const results: Result[] = [];
  await using engine = createEnginePool();
  await engine.ready();
  using server = await startServer(media.film.path);
  for (const [what, file, codecs] of [
    ['copied', media.film, ['-c', 'copy']],
    ['audio encoded', media.surround, ['-c:v', 'copy', '-c:a', 'aac', '-b:a', '192k', '-ac', '2']],
  ] as const) {
    const url = await streamUrl(server, file.path);
    for (const [where, startMs] of [
      ['', 0],
      [', from the middle', middleOf(file)],
    ] as const) {
      const library: number[] = [];
      const http: number[] = [];
      const command: number[] = [];
      const program: number[] = [];
      const seek = startMs === 0 ? [] : ['-ss', String(startMs / 1000)];
      const other = ffmpeg(...seek, '-i', file.path, ...codecs, ...fragmentedMp4, 'pipe:1');
      for (let i = 0; i <= warmRuns; i++) {
        // What a killed process leaves to be cleared away is not to be met by the next.
        await sleep(settleMs);
        // The first of each is not counted: a warm process has met its code before.
        (i === 0 ? [] : library).push(await libraryMs(file.path, startMs, engine));
        (i === 0 ? [] : http).push(await serverMs(url, startMs));
        if (i >= coldRuns) continue;
        if (withFfmpeg) program.push(await programMs(other));
        await sleep(settleMs);
        command.push(await programMs(commandOf(file, startMs)));
      }
      const ffmpegSpread = withFfmpeg ? { ffmpeg: spreadOf(program) } : {};
      const name = `${what}${where}`;
      results.push(
        { name: `library, ${name}`, unit: 'ms', segmint: spreadOf(library), ...ffmpegSpread, goal: 10 },
        { name: `server, ${name}`, unit: 'ms', segmint: spreadOf(http), ...ffmpegSpread, goal: 10 },
        { name: `command, ${name}`, unit: 'ms', segmint: spreadOf(command), ...ffmpegSpread },
      );
    }
  }
  return results;
}

/** Not at a key frame, which come every two seconds. */
function middleOf({ seconds }: BenchFile): number {
  return seconds * 500 + 1300;
}

function commandOf({ path }: BenchFile, startMs: number): Command {
  return segmint('remux', path, '-o', '-', ...(startMs === 0 ? [] : ['--start', String(startMs / 1000)]));
}
