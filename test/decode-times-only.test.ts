/**
 * Containers that state when pictures are decoded and not when they are shown: AVI, Matroska that took its video from
 * AVI, and ASF. What is shown, and when, is judged by what ffmpeg decodes of the same pictures elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { wrapAvi } from './support/avi-in-matroska.js';
import { packAvi } from './support/packed-avi.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { checkShownPictures } from './support/shown-pictures.js';
import { stampedSource } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('containers with decode times alone', 'ffmpeg', 'ffprobe');
const [WIDTH, HEIGHT, PICTURES] = [160, 96, 200];

describe('video of which only decode times are stated', { skip, timeout: 300_000 }, () => {
  let engine: EnginePool;
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);

  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-decode-times-'));
    const make = (args: readonly string[], name: string): string => {
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, fileOf(name)]);
      return fileOf(name);
    };
    // With noise, no picture is so small that it could be taken for an empty one.
    const source = `${stampedSource(WIDTH, HEIGHT)},noise=alls=12:allf=t`;
    const input = ['-f', 'lavfi', '-i', source, '-frames:v', String(PICTURES)];
    const format = ['-pix_fmt', 'yuv420p', '-threads', '1'];
    const avc = ['-c:v', 'libx264', '-g', '50', '-bf', '3', '-sc_threshold', '0'];
    make([...input, ...format, ...avc, '-bsf:v', 'h264_mp4toannexb'], 'avc.avi');
    const asp = ['-c:v', 'mpeg4', '-q:v', '3', '-bf', '1', '-g', '25'];
    const avi = make([...input, ...format, ...asp], 'asp.avi');
    writeFileSync(fileOf('packed.avi'), packAvi(readFileSync(avi)));
    for (const container of ['avi', 'asf']) {
      make(
        [...input, ...format, '-c:v', 'mpeg2video', '-q:v', '3', '-bf', '2', '-g', '24'],
        `mpeg2.${container}`,
      );
    }
    make(['-i', fileOf('avc.avi'), '-c', 'copy'], 'avc.asf');
    for (const name of ['avc', 'asp', 'packed']) {
      writeFileSync(fileOf(`${name}.mkv`), wrapAvi(readFileSync(fileOf(`${name}.avi`)), WIDTH, HEIGHT));
    }
  });

  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of [
    'avc.mkv',
    'asp.avi',
    'asp.mkv',
    'packed.avi',
    'packed.mkv',
    'mpeg2.avi',
    'mpeg2.asf',
    'avc.asf',
  ]) {
    it(`shows all pictures of ${name} in order and at their times, as a stream and in segments`, async () => {
      const whole = await readUniversal(await openFile(fileOf(name)), { engine });
      checkPictures(fileOf(`${name}-stream.mp4`), whole.bytes);
      checkPictures(fileOf(`${name}-segments.mp4`), await joinedSegments(fileOf(name)));
    });
  }

  async function joinedSegments(path: string): Promise<Uint8Array> {
    await using media = await openSegmented(await openFile(path), { engine });
    const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
    const { id, segmentCount } = renditions[0]!;
    const parts = [...(await media.initSegment(id)).chunks];
    for (let number = 0; number < segmentCount; number++) {
      parts.push(...(await media.segment(id, number)).chunks);
    }
    return joinBytes(parts);
  }
});

function checkPictures(path: string, bytes: Uint8Array): void {
  checkShownPictures(path, bytes, { width: WIDTH, height: HEIGHT, pictures: PICTURES, lastsMs: 40 });
}
