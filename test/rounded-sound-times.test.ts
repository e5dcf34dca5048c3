/** Sound whose packets do not state how long they are, in containers that round their times: it goes on without a jump. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { decodeFirstChannel } from './support/ffmpeg.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound with rounded times', 'ffmpeg');
const HERTZ = 440;
const RATE = 48_000;

describe('sound with rounded times', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-rounded-'));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, options } of [
    { name: 'flash.flv', options: '-c:a adpcm_swf -ar 22050 -ac 1' },
    { name: 'flash-stereo.flv', options: '-c:a adpcm_swf -ar 11025 -ac 2' },
    { name: 'nelly.flv', options: '-c:a nellymoser -ar 22050 -ac 1' },
    { name: 'g722.nut', options: '-c:a g722 -ar 16000 -ac 1' },
    { name: 'g726.wav', options: '-c:a g726 -b:a 32k -ar 8000 -ac 1' },
  ]) {
    it(`has one tone in ${name}`, async () => {
      const path = join(folder, name);
      const source = ['-f', 'lavfi', '-i', `sine=${HERTZ}:r=44100:d=6`];
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...source, ...options.split(' '), path]);
      const { bytes } = await readUniversal(await openFile(path), { engine });
      const made = `${path}.mp4`;
      writeFileSync(made, bytes);
      const rest = beside(await decodeFirstChannel(made));
      assert.ok(rest < 0.05, `${rest} of it is not the tone`);
    });
  }
});

/** What part of the energy of a tone, but for its first and last second, is anything else. */
function beside(samples: Float32Array): number {
  const middle = samples.subarray(RATE, samples.length - RATE);
  let [inPhase, quarterLater, all] = [0, 0, 0];
  for (const [i, value] of middle.entries()) {
    const angle = (2 * Math.PI * HERTZ * i) / RATE;
    inPhase += value * Math.cos(angle);
    quarterLater += value * Math.sin(angle);
    all += value * value;
  }
  return 1 - (2 * (inPhase ** 2 + quarterLater ** 2)) / (middle.length * all);
}
