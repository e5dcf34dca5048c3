/** Pictures that are to be turned and mirrored come out as ffmpeg shows the source, copied and encoded. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openBytes } from '../src/io/bytes-source.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('pictures that are turned', 'ffmpeg');

/** a, b, c and d of the matrices of all quarter turns, each of the picture and of its mirror image. */
const TURNS = [
  [1, 0, 0, 1],
  [0, 1, -1, 0],
  [-1, 0, 0, -1],
  [0, -1, 1, 0],
  [-1, 0, 0, 1],
  [0, -1, -1, 0],
  [1, 0, 0, -1],
  [0, 1, 1, 0],
] as const;

describe('a picture that is to be turned', { skip }, () => {
  let folder = '';
  let engine: EnginePool;

  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-pose-'));
    for (const codec of ['libx264', 'mpeg4']) {
      const input = '-f lavfi -i testsrc2=size=64x48:rate=25 -frames:v 3'.split(' ');
      const args = ['-nostdin', '-v', 'error', '-y', ...input, '-c:v', codec, '-pix_fmt', 'yuv420p'];
      execFileSync('ffmpeg', [...args, '-q:v', '2', join(folder, `${codec}.mp4`)]);
    }
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The source with another matrix in its track header. */
  function turned(codec: string, [a, b, c, d]: readonly [number, number, number, number]): Uint8Array {
    const file = readFileSync(join(folder, `${codec}.mp4`));
    const at = file.indexOf('tkhd') + 4 + 40;
    [a, b, 0, c, d, 0, 0, 0].forEach((value, i) => file.writeInt32BE(value * 0x10000, at + 4 * i));
    return Uint8Array.from(file);
  }

  /** The first picture as it is shown: three bytes a pixel. */
  function shown(bytes: Uint8Array): Uint8Array {
    const path = join(folder, 'shown.mp4');
    writeFileSync(path, bytes);
    const args = ['-v', 'error', '-i', path, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
    return Uint8Array.from(execFileSync('ffmpeg', args));
  }

  for (const codec of ['libx264', 'mpeg4']) {
    it(`is shown as the source is, from ${codec}`, async () => {
      for (const turn of TURNS) {
        const source = turned(codec, turn);
        const { bytes } = await readUniversal(openBytes(source), { engine });
        const [expected, actual] = [shown(source), shown(bytes)];
        const difference = expected.reduce((sum, level, i) => sum + Math.abs(level - actual[i]!), 0);
        assert.equal(actual.length, expected.length);
        assert.ok(difference / expected.length < (codec === 'libx264' ? 0.01 : 8), `matrix ${turn.join()}`);
      }
    });
  }
});
