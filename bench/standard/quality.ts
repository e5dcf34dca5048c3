/** How much of the picture survives encoding, beside ffmpeg with the same settings. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvariantError } from '../../src/errors.js';
import { ffmpegEncode, filtersOf, segmintEncode, type Wish } from './encoded-like.js';
import type { PictureFiles } from './pictures.js';
import { ffmpeg, runToNowhere, type Command } from './program.js';
import { rangeSeconds } from './reencode.js';
import type { Result } from './result.js';
import { spreadOf } from './statistics.js';

/** Frames on either side of a key frame that belong to a join. */
const joinFrames = 3;

/** What was measured of one encoded file. */
interface Quality {
  readonly bitRate: number;
  /** Structural similarity with the source, in dB. */
  readonly all: number;
  /** Of the frames around key frames, and of the others. */
  readonly atJoins: number;
  readonly elsewhere: number;
  /** Peak signal-to-noise ratio, in dB. */
  readonly psnr: number;
}

/** Bit rate and similarity with the source. Needs ffmpeg, which is what measures. */
export async function measureQuality({ mpeg2, tenBit, hevc, h264 }: PictureFiles): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'segmint-bench-quality-'));
  const results: Result[] = [];
  try {
    for (const [file, height] of [[mpeg2], [tenBit], [hevc], [h264, 720]] as const) {
      const wish: Wish = { file, height, keyframeSeconds: rangeSeconds };
      const ours = await measure(wish, join(folder, 'segmint.mp4'), segmintEncode);
      const theirs = await measure(wish, join(folder, 'ffmpeg.mp4'), ffmpegEncode);
      const name = height === undefined ? file.content : `${file.content}, to ${height}p`;
      const row = (what: string, unit: Result['unit'], key: keyof Quality): Result => ({
        name: `${name}: ${what}`,
        unit,
        segmint: spreadOf([ours[key]]),
        ffmpeg: spreadOf([theirs[key]]),
        isTail: true,
      });
      results.push(
        row('bit rate', 'kbit/s', 'bitRate'),
        row('SSIM', 'dB', 'all'),
        row('SSIM around key frames', 'dB', 'atJoins'),
        row('SSIM elsewhere', 'dB', 'elsewhere'),
        row('PSNR', 'dB', 'psnr'),
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return results;
}

async function measure(
  wish: Wish,
  path: string,
  encode: (wish: Wish, to: string) => Command,
): Promise<Quality> {
  await runToNowhere(encode(wish, path));
  const { file } = wish;
  const count = file.seconds * file.rate;
  const isJoin = new Set<number>();
  for (const key of (await keyFrames(path)).slice(1)) {
    for (let n = key - joinFrames; n < key + joinFrames; n++) isJoin.add(n);
  }
  const [ssim, psnr] = await compareFrames(wish, path);
  if (Math.abs(ssim.length - count) > 1 || psnr.length !== ssim.length) {
    throw new InvariantError(`${path} has ${ssim.length} frames, and ${count} were to be encoded.`);
  }
  return {
    bitRate: ((await stat(path)).size * 8) / file.seconds / 1000,
    all: toDecibels(ssim),
    atJoins: toDecibels(ssim.filter((_, n) => isJoin.has(n))),
    elsewhere: toDecibels(ssim.filter((_, n) => !isJoin.has(n))),
    psnr: 10 * Math.log10((255 * 255) / meanOf(psnr)),
  };
}

/** SSIM of all planes, and the mean squared error, of each frame. */
async function compareFrames({ file, height }: Wish, path: string): Promise<[number[], number[]]> {
  const ssimLog = `${path}.ssim`;
  const psnrLog = `${path}.psnr`;
  // One for one, by number: a container's own times are rounded as it likes.
  const timed = `settb=1/${file.rate},setpts=N`;
  const graph =
    `[0:v]${timed},split[a][b];[1:v]${filtersOf({ file, height })},${timed},split[c][d];` +
    `[a][c]ssim=stats_file=${ssimLog}[e];[b][d]psnr=stats_file=${psnrLog}[f]`;
  const nowhere = ['-f', 'null', '-'];
  await runToNowhere(
    ffmpeg(
      '-i',
      path,
      '-i',
      file.path,
      '-lavfi',
      graph,
      '-map',
      '[e]',
      ...nowhere,
      '-map',
      '[f]',
      ...nowhere,
    ),
  );
  const numbers = async (log: string, name: RegExp): Promise<number[]> =>
    [...(await readFile(log, 'utf8')).matchAll(name)].map((match) => Number(match[1]));
  return [await numbers(ssimLog, /All:([\d.]+)/g), await numbers(psnrLog, /mse_avg:([\d.]+)/g)];
}

/** Numbers of the key frames, in the order in which frames are shown. */
async function keyFrames(path: string): Promise<number[]> {
  const wanted = ['-select_streams', 'v:0', '-show_entries', 'packet=pts,flags', '-of', 'csv=p=0'];
  const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...wanted, path]);
  const packets = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  packets.sort((a, b) => Number(a[0]) - Number(b[0]));
  return packets.flatMap(([, flags], n) => (flags?.startsWith('K') === true ? [n] : []));
}

function toDecibels(similarities: readonly number[]): number {
  return -10 * Math.log10(1 - meanOf(similarities));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
