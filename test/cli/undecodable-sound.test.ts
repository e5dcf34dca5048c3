import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { missingTools } from '../support/tools.js';

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');
const skip = missingTools('sound that cannot be decoded', 'ffmpeg');

describe('segmint remux', { skip }, () => {
  it('tells how much of the sound could not be decoded', { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'segmint-undecodable-'));
    try {
      const film = join(folder, 'film.mkv');
      execFileSync('ffmpeg', [
        ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
        ...['-c:v', 'mpeg4', '-c:a', 'ac3', '-bsf:a', 'noise=amount=20', film],
      ]);
      const args = [MAIN, 'remux', film, '-o', join(folder, 'film.mp4')];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.match(
        stderr,
        /^Warning: (one packet|\d+ packets) of audio track 2 could not be decoded; their time is silent\.\n$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
