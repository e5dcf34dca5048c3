/** Video whose pixels are numbers of colours, or whose layout only the container names: it looks as ffmpeg decodes it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { UnsupportedMediaError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('video of palettes', 'ffmpeg');
const PALETTE = '-vf split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none,format=pal8';

describe('video of few colours', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  function make(name: string, options: string): string {
    const path = place.fileOf(name);
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=1'];
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...source, ...options.split(' '), path]);
    return path;
  }

  for (const { name, options, colorTable } of [
    { name: 'raw.avi', options: `${PALETTE} -c:v rawvideo` },
    { name: 'raw.mov', options: `${PALETTE} -c:v rawvideo` },
    { name: 'system.mov', options: `${PALETTE} -c:v rawvideo`, colorTable: 0xffff },
    { name: 'animation-gray.mov', options: '-c:v qtrle -pix_fmt gray' },
    { name: 'animation.mov', options: '-c:v qtrle -pix_fmt rgb24' },
    { name: 'zmbv.avi', options: `${PALETTE} -c:v zmbv` },
    { name: 'cinepak.mov', options: '-c:v cinepak' },
    { name: 'ut.avi', options: '-c:v utvideo -pix_fmt yuv422p' },
  ]) {
    it(`has its colours in ${name}`, async () => {
      const path = make(name, options);
      if (colorTable !== undefined) stateColorTable(path, colorTable);
      const { bytes } = await readUniversal(await openFile(path), { engine: place.engine });
      const made = `${path}.mp4`;
      writeFileSync(made, bytes);
      const decibels = psnr(made, path);
      assert.ok(decibels > 28, `${decibels} dB`);
    });
  }

  it('is refused in a sentence where there is no decoder', async () => {
    const path = make('screen.flv', '-c:v flashsv');
    await assert.rejects(readUniversal(await openFile(path), { engine: place.engine }), (error) => {
      assert.ok(error instanceof UnsupportedMediaError);
      assert.match(error.message, /^Video track 1 cannot be sent: there is no decoder for [^.]*\.$/);
      return true;
    });
  });
});

/** Says in a QuickTime file which table of colours its pictures are of. */
function stateColorTable(path: string, id: number): void {
  const bytes = readFileSync(path);
  const entry = bytes.indexOf('stsd') + 12;
  bytes.writeUInt16BE(id, entry + 8 + 76);
  writeFileSync(path, bytes);
}

/** How alike the pictures of two files are, the first being of BT.601. */
function psnr(made: string, source: string): number {
  const form = 'settb=1/25,setpts=N,format=yuv444p';
  const graph = `[0:v]${form}[a];[1:v]${form}[b];[a][b]psnr`;
  const { stderr } = spawnSync('ffmpeg', ['-nostdin', '-i', made, '-i', source, '-lavfi', graph, '-f', 'null', '-'], { encoding: 'utf8' }); // prettier-ignore
  return parseFloat(/average:(\S+)/.exec(stderr)?.[1] ?? 'NaN');
}
