/** How fast video is encoded anew, and films in other containers copied, beside ffmpeg. */
import type { BenchFile } from './media.js';
import { ffmpegEncode, segmintEncode, type Wish } from './encoded-like.js';
import type { ContainerFiles, PictureFiles } from './pictures.js';
import { ffmpeg, fragmentedMp4, runIntoPipe, segmint } from './program.js';
import type { Result } from './result.js';
import { compare, inProcess } from './throughput.js';
import { workInProcess } from './worker.js';

/** Seconds from one key frame to the next: what segmint's ranges are long. */
export const rangeSeconds = 4;

const runs = 3;
const megabyte = 1e6;

/** Whole files, their video encoded. */
export async function measureReencode(files: PictureFiles, withFfmpeg: boolean): Promise<Result[]> {
  const { mpeg2, mpeg4, tenBit, hevc, h264 } = files;
  const results: Result[] = [];
  for (const [file, height] of [[mpeg2], [mpeg4], [tenBit], [hevc], [h264, 720]] as const) {
    const wish: Wish = { file, height, keyframeSeconds: rangeSeconds };
    results.push(
      await compare({
        name: height === undefined ? file.content : `${file.content}, to ${height}p`,
        amount: file.seconds * file.rate,
        unit: 'frames/s',
        count: runs,
        goal: 1,
        run: runIntoPipe,
        segmint: segmintEncode(wish, '-'),
        ffmpeg: withFfmpeg ? ffmpegEncode(wish, 'pipe:1') : undefined,
      }),
    );
  }
  return results;
}

/** Films in other containers than Matroska, copied. */
export async function measureContainers(files: ContainerFiles): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, file, filters] of [
    ['MP4', files.mp4, []],
    // ffmpeg does not do so by itself where the head is written first.
    ['MPEG-TS', files.ts, ['-bsf:a', 'aac_adtstoasc']],
  ] as const) {
    await workInProcess({ path: file.path, what: 'read' });
    const byCommand = await copyByCommand(name, file, filters);
    const byLibrary = await inProcess(`${name}, library, \`reuseMemory\``, file, {
      what: 'streamAny',
      options: { reuseMemory: true },
    });
    // ffmpeg's starting is a few hundredths of its time.
    const beside = byCommand.ffmpeg === undefined ? {} : { ffmpeg: byCommand.ffmpeg };
    results.push(byCommand, { ...byLibrary, ...beside, goal: 1 });
  }
  return results;
}

function copyByCommand(name: string, file: BenchFile, filters: readonly string[]): Promise<Result> {
  const maps = ['-map', '0:v:0', '-map', '0:a:0', '-c', 'copy', ...filters];
  return compare({
    name: `${name}, command into a pipe`,
    amount: file.bytes / megabyte,
    unit: 'MB/s',
    count: 3,
    goal: 1,
    run: runIntoPipe,
    segmint: segmint('remux', file.path, '-o', '-'),
    ffmpeg: ffmpeg('-i', file.path, ...maps, ...fragmentedMp4, 'pipe:1'),
  });
}
