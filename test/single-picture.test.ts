/** Video of a single picture, of which no other tells how long it is shown: it is shown for as long as one usually is. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('video of a single picture', 'ffmpeg');

describe('video of a single picture', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  for (const { name, encoder } of [
    { name: 'avc.ts', encoder: 'libx264' },
    { name: 'mpeg2.ts', encoder: 'mpeg2video' },
    { name: 'mpeg2.mpg', encoder: 'mpeg2video' },
    { name: 'avc.flv', encoder: 'libx264' },
  ]) {
    it(`lasts 40 ms in ${name}, as a stream and in segments`, async () => {
      const path = place.fileOf(name);
      const source = ['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25', '-frames:v', '1'];
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...source, '-c:v', encoder, path]);
      const { summary } = await readUniversal(await openFile(path), { engine: place.engine });
      assert.ok(Math.abs(summary.durationMs - 40) < 1, `${summary.durationMs} ms`);
      await using media = await openSegmented(await openFile(path), { engine: place.engine });
      const { durationSeconds } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
      assert.ok(Math.abs(durationSeconds - 0.04) < 0.001, `${durationSeconds} s`);
    });
  }
});
