/** A stream that begins in the middle has its sound from its first picture on, wherever that is stored. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { presentLater } from './support/asf-payloads.js';
import { ID } from '../src/matroska/schema.js';
import { walkEbml, type EbmlElement } from './support/ebml-walker.js';
import { readFragmentedMp4, type FragmentedTrack } from './support/fragmented-mp4.js';
import type { Mp4Sample } from './support/mp4-boxes.js';
import { readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound where a stream begins', 'ffmpeg');
const SECONDS = 20;
/** How far ahead of the pictures of its time the sound is stored. */
const AHEAD_MS = [0, 200, 1700] as const;

describe('sound where a stream begins', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-start-'));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { kind, form, shift } of [
    // Into a pipe, it gets no index.
    { kind: 'ASF without an index', form: 'asf', shift: presentLater },
    { kind: 'Matroska', form: 'matroska', shift: presentBlocksLater },
  ]) {
    for (const aheadMs of AHEAD_MS) {
      it(`is there from the first picture on where ${kind} stores it ${aheadMs} ms ahead`, async () => {
        const path = join(folder, `${form}-${aheadMs}`);
        const bytes = make(form, path);
        shift(bytes, 2, aheadMs);
        writeFileSync(path, bytes);
        const whole = await read(path, 0);
        for (const startMs of [4100, 7770, 12_000, 16_120, 18_090]) {
          const part = await read(path, startMs);
          assert.ok(part.pictures.length > 0);
          assert.deepEqual(part.pictures, whole.pictures.slice(-part.pictures.length));
          assert.deepEqual(part.sounds, whole.sounds.slice(-part.sounds.length));
          // A packet that begins before the first picture may be left out.
          const late = part.soundFrom - part.pictureFrom;
          assert.ok(late < 0.05, `Sound begins ${late} s after the picture, ${startMs} ms`);
        }
      });
    }
  }

  async function read(path: string, startMs: number): Promise<Read> {
    const options = { engine, startMs, timeline: 'absolute', audio: 'copy', video: 'copy' } as const;
    const { bytes } = await readUniversal(await openFile(path), options);
    const { tracks } = readFragmentedMp4(bytes);
    const [video, audio] = (['video', 'audio'] as const).map((type) => tracks.find((one) => one.type === type)!); // prettier-ignore
    return { pictures: hashes(video!), sounds: hashes(audio!), pictureFrom: beginOf(video!), soundFrom: beginOf(audio!) }; // prettier-ignore
  }
});

/** What a stream holds. */
interface Read {
  /** A hash of each picture, in decode order. */
  readonly pictures: readonly string[];
  /** A hash of each packet of sound. */
  readonly sounds: readonly string[];
  /** When the first picture is shown, in seconds. */
  readonly pictureFrom: number;
  /** When the first packet is heard, in seconds. */
  readonly soundFrom: number;
}

function hashes({ samples }: FragmentedTrack): string[] {
  return samples.map(({ data }) => createHash('sha256').update(data).digest('hex'));
}

function beginOf({ samples, timescale }: FragmentedTrack): number {
  const times = samples.map((sample: Mp4Sample) => sample.decodeTime + sample.compositionOffset);
  return Math.min(...times) / timescale;
}

/** Pictures and noise; ASF without an index. */
function make(form: string, path: string): Uint8Array {
  const pictures = ['-f', 'lavfi', '-i', `testsrc2=s=160x96:r=25:d=${SECONDS}`];
  const sound = ['-f', 'lavfi', '-i', `anoisesrc=r=48000:d=${SECONDS}:seed=5`];
  const video = [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-g',
    '50',
    '-threads',
    '1',
    '-pix_fmt',
    'yuv420p',
  ];
  const audio = ['-c:a', 'aac', '-b:a', '64k'];
  const args = ['-nostdin', '-v', 'error', ...pictures, ...sound, ...video, ...audio, '-f', form];
  if (form === 'asf') return Uint8Array.from(execFileSync('ffmpeg', [...args, '-'], { maxBuffer: 2 ** 28 }));
  execFileSync('ffmpeg', [...args, path]);
  return Uint8Array.from(readFileSync(path));
}

/** Shows what one track of a Matroska file holds later: it then stands ahead of the other tracks of its time. */
function presentBlocksLater(matroska: Uint8Array, track: number, laterMs: number): void {
  const view = new DataView(matroska.buffer);
  const visit = (element: EbmlElement): void => {
    const { id, dataOffset, children } = element;
    for (const child of children) visit(child);
    // The track's number is below 128, and has one byte; then the time follows.
    const isBlock = id === ID.SimpleBlock || id === ID.Block;
    if (!isBlock || (matroska[dataOffset]! & 0x7f) !== track) return;
    view.setInt16(dataOffset + 1, view.getInt16(dataOffset + 1) + laterMs);
  };
  for (const element of walkEbml(matroska)) visit(element);
}
