/** Sound without a container, of which nothing states how long it is: nothing of its end is lost in segments. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { joinBytes } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound without a container', 'ffmpeg', 'ffprobe');
const SECONDS = 12;
/** Loud noise first: what is guessed from the bit rate of the beginning is far too short. */
const SOUND = `aevalsrc='if(lt(t,3),random(0)*2-1,0.1*sin(440*2*PI*t))':s=44100:d=${SECONDS}`;

describe('sound without a container', { skip, timeout: 60_000 }, () => {
  let folder = '';
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-bare-audio-'));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { name, options } of [
    { name: 'vbr.mp3', options: '-c:a libmp3lame -q:a 6 -write_xing 0 -id3v2_version 0' },
    { name: 'adts.aac', options: '-c:a aac -b:a 96k' },
  ]) {
    it(`is played to its end, as ${name}`, async () => {
      const path = join(folder, name);
      const input = ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', SOUND];
      execFileSync('ffmpeg', [...input, ...options.split(' '), path]);
      await using media = await openSegmented(await openFile(path), { engine });
      const { renditions, durationSeconds } = media.describe(everyBrowserTarget);
      const { id, segmentCount } = renditions[0]!;
      const parts = [...(await media.initSegment(id)).chunks];
      for (let number = 0; number < segmentCount; number++) {
        parts.push(...(await media.segment(id, number)).chunks);
      }
      const joined = join(folder, `${name}.mp4`);
      writeFileSync(joined, joinBytes(parts));
      const expected = decodedSeconds(path);
      // Encoded anew, sound comes in frames of 1024 samples; of 1152, one may be all that a decoder warms up with.
      assert.ok(Math.abs(durationSeconds - expected) < 0.03, `${durationSeconds} of ${expected} s`);
      assert.ok(Math.abs(decodedSeconds(joined) - expected) < 0.06);
    });
  }
});

function decodedSeconds(path: string): number {
  const args = ['-v', 'error', '-i', path, '-f', 's16le', '-ac', '1', '-ar', '44100', '-'];
  return execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 }).length / 2 / 44100;
}
