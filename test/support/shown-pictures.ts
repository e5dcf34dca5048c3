import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readStamps } from './stamped-video.js';

/** What a file is to show: stamped pictures with the numbers from 0 on, all equally long. */
export interface ShownPictures {
  readonly width: number;
  readonly height: number;
  /** How many there are. */
  readonly pictures: number;
  /** How long each is shown, in milliseconds. */
  readonly lastsMs: number;
  /** When the first is shown, in milliseconds. */
  readonly fromMs?: number;
}

/**
 * Has ffmpeg and ffprobe say which pictures a file shows, and when, each in the order of showing; ffmpeg may complain of
 * nothing.
 * @param path - where the file is to be written.
 * @param bytes - the file.
 */
export function checkShownPictures(path: string, bytes: Uint8Array, shown: ShownPictures): void {
  const { width, height, pictures, lastsMs, fromMs = 0 } = shown;
  writeFileSync(path, bytes);
  const numbers = Array.from({ length: pictures }, (_, i) => i);
  const raw = ['-map', '0:v', '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const pixels = execFileSync('ffmpeg', ['-v', 'error', '-i', path, ...raw], { maxBuffer: 2 ** 30 });
  assert.deepEqual(readStamps(Uint8Array.from(pixels), width, height), numbers);
  const entries = ['-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0'];
  const times = execFileSync('ffprobe', ['-v', 'error', ...entries, path], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((time) => Math.round(parseFloat(time) * 1000));
  assert.deepEqual(
    times,
    numbers.map((number) => Math.round(fromMs + number * lastsMs)),
  );
}
