/** Video that Matroska and QuickTime call by names of AVI and of each other: it looks as ffmpeg decodes it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('video by its name', 'ffmpeg');
const PALETTE = '-vf split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none,format=pal8';

describe('video by its name', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-named-'));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function make(name: string, options: string): string {
    const path = join(folder, name);
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=1'];
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...source, ...options.split(' '), path]);
    return path;
  }

  for (const { name, options } of [
    { name: 'ut.mkv', options: '-c:v utvideo -pix_fmt yuv422p' },
    { name: 'ut.mov', options: '-c:v utvideo -pix_fmt yuv422p' },
    { name: 'ffvhuff.mov', options: '-c:v ffvhuff -pix_fmt yuv420p' },
    { name: 'magic.mkv', options: '-c:v magicyuv -pix_fmt yuv420p' },
    { name: 'zmbv.mkv', options: `${PALETTE} -c:v zmbv` },
    { name: 'video1.mkv', options: '-c:v msvideo1 -pix_fmt rgb555le' },
    { name: 'png.mkv', options: '-c:v png -pix_fmt rgb24' },
    { name: 'cinepak.mkv', options: '-c:v cinepak' },
    { name: 'dnxhd.mkv', options: '-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p' },
    { name: 'v210.mov', options: '-c:v v210 -pix_fmt yuv422p10le' },
    { name: 'v210.mkv', options: '-c:v v210 -pix_fmt yuv422p10le' },
    { name: 'v410.mov', options: '-c:v v410 -pix_fmt yuv444p10le' },
    { name: 'r210.mov', options: '-c:v r210 -pix_fmt gbrp10le' },
    { name: 'hap.mov', options: '-c:v hap -pix_fmt rgba' },
    { name: 'raw-422.mkv', options: '-c:v rawvideo -pix_fmt uyvy422 -allow_raw_vfw 1' },
    { name: 'raw-420.mkv', options: '-c:v rawvideo -pix_fmt yuv420p -allow_raw_vfw 1' },
  ]) {
    it(`has its colours in ${name}`, async () => {
      const path = make(name, options);
      const { bytes } = await readUniversal(await openFile(path), { engine });
      const made = `${path}.mp4`;
      writeFileSync(made, bytes);
      const decibels = psnr(made, path);
      assert.ok(decibels > 32, `${decibels} dB`);
    });
  }
});

/** How alike the pictures of two files are. Averages do not see that the one has fewer chroma samples; both state their matrices. */
function psnr(made: string, source: string): number {
  const form = 'settb=1/25,setpts=N,scale=40:30:flags=area+accurate_rnd,format=gbrp';
  const graph = `[0:v]${form}[a];[1:v]${form}[b];[a][b]psnr`;
  const { stderr } = spawnSync('ffmpeg', ['-nostdin', '-i', made, '-i', source, '-lavfi', graph, '-f', 'null', '-'], { encoding: 'utf8' }); // prettier-ignore
  return parseFloat(/average:(\S+)/.exec(stderr)?.[1] ?? 'NaN');
}
