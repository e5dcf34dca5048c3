/**
 * ASF states when pictures are decoded, on one clock with sound, and not when they are shown. What is shown, and how far from
 * the sound, is judged by the same pictures and sound in Matroska, which states it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readRendition, readRenditionApart } from './support/read-rendition.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { readStamps, stampedSource } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('pictures and sound in ASF', 'ffmpeg', 'ffprobe');
const [WIDTH, HEIGHT, PICTURES] = [160, 96, 300];

const AVC = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-sc_threshold', '0', '-b_strategy', '0'];
const FORMS: Readonly<Record<string, readonly string[]>> = {
  pyramid: [...AVC, '-bf', '3', '-refs', '4'],
  flat: [...AVC, '-bf', '2', '-x264-params', 'b-pyramid=none'],
  plain: [...AVC, '-bf', '0'],
  // A picture that can be decoded alone comes more often than the first is shown late.
  short: [...AVC, '-bf', '3', '-g', '4', '-keyint_min', '1'],
  open: [...AVC, '-bf', '3', '-x264-params', 'open-gop=1'],
  asp: ['-c:v', 'mpeg4', '-q:v', '3', '-bf', '2', '-g', '25'],
  mpeg2: ['-c:v', 'mpeg2video', '-q:v', '3', '-bf', '2', '-g', '24'],
};

describe('pictures and sound in ASF', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();
  const fileOf = (name: string): string => place.fileOf(name);

  before(() => {
    const sound = ['-f', 'lavfi', '-i', `sine=r=48000:d=${PICTURES / 25}`, '-c:a', 'aac', '-b:a', '96k'];
    const source = `${stampedSource(WIDTH, HEIGHT)},noise=alls=12:allf=t`;
    for (const [name, encode] of Object.entries(FORMS)) {
      const format = ['-pix_fmt', 'yuv420p', '-threads', '1', '-frames:v', String(PICTURES)];
      ffmpeg(['-f', 'lavfi', '-i', source, ...sound, ...format, ...encode, fileOf(`${name}.mkv`)]);
      ffmpeg(['-i', fileOf(`${name}.mkv`), '-c', 'copy', fileOf(`${name}.asf`)]);
    }
  });

  for (const name of Object.keys(FORMS)) {
    it(`shows ${name} as far from its sound as Matroska states it, as a stream and in segments`, async () => {
      const whole = await readUniversal(await openFile(fileOf(`${name}.asf`)), { engine: place.engine });
      const stream = fileOf(`${name}-stream.mp4`);
      writeFileSync(stream, whole.bytes);
      check(name, stream, stream);
      const written = await writeRenditions(name);
      check(
        name,
        written.find((path) => times(path, 'v').length > 0)!,
        written.find((path) => times(path, 'a').length > 0)!,
      );
    });
  }

  for (const name of ['pyramid', 'short', 'open', 'mpeg2']) {
    it(`makes a segment of ${name} alone as it makes it behind others`, async () => {
      assert.deepEqual(await segments(name, 0, true), await segments(name, 0, false));
    });
  }

  async function writeRenditions(name: string): Promise<string[]> {
    await using media = await open(name);
    const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
    const paths: string[] = [];
    for (const [i] of renditions.entries()) {
      const path = fileOf(`${name}-${i}.mp4`);
      writeFileSync(path, joinBytes(await segments(name, i, false)));
      paths.push(path);
    }
    return paths;
  }

  /** @param apart - each by a reader of its own, the last one first. */
  async function segments(name: string, rendition: number, apart: boolean): Promise<Uint8Array[]> {
    await using media = await open(name);
    const chosen = media.describe({ ...everyBrowserTarget, ladder: 'none' }).renditions[rendition]!;
    return apart ? await readRenditionApart(() => open(name), chosen) : await readRendition(media, chosen);
  }

  async function open(name: string): Promise<SegmentedMedia> {
    return await openSegmented(await openFile(fileOf(`${name}.asf`)), { engine: place.engine });
  }

  function check(name: string, video: string, audio: string): void {
    const raw = ['-map', '0:v', '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
    const pixels = execFileSync('ffmpeg', ['-v', 'error', '-i', video, ...raw], { maxBuffer: 2 ** 30 });
    const numbers = Array.from({ length: PICTURES }, (_, i) => i);
    assert.deepEqual(readStamps(Uint8Array.from(pixels), WIDTH, HEIGHT), numbers);
    const original = fileOf(`${name}.mkv`);
    const stated = behind(times(original, 'v'), times(original, 'a'));
    const shown = behind(times(video, 'v'), times(audio, 'a'));
    assert.equal(shown.length, PICTURES);
    const farthest = Math.max(...shown.map((time, i) => Math.abs(time - stated[i]!)));
    // Both count in milliseconds.
    assert.ok(farthest < 1.5, `${farthest} ms, at first ${shown[0]} and not ${stated[0]}`);
  }
});

function ffmpeg(args: readonly string[]): void {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}

function behind(times: readonly number[], [from]: readonly number[]): number[] {
  return times.map((time) => time - from!);
}

/** When the packets of a file's first stream of a kind are shown, in milliseconds, ascending. */
function times(path: string, type: string): number[] {
  const entries = ['-select_streams', type, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const said = execFileSync('ffprobe', ['-v', 'error', ...entries, path], { encoding: 'utf8' });
  const lines = said.split('\n').filter((line) => line !== '');
  return lines.map((line) => parseFloat(line) * 1000).sort((a, b) => a - b);
}
