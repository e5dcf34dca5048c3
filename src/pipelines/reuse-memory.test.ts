import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  cluster,
  element,
  float,
  matroskaFile,
  simpleBlock,
  trackEntry,
  uint,
} from '../../test/support/ebml-writer.js';
import * as mp4 from '../../test/support/mp4-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { openFile } from '../io/file.js';
import { ID } from '../matroska/schema.js';
import { streamTranscodeFmp4 } from './continuous.js';
import { streamTranscodeUniversal } from './universal.js';

// avcC as Debian's ffmpeg 5.1.9 writes it for libx264: two reordered frames at most.
const avcC = fromHex(
  '0164000affe1001b6764000aacd9447eab0e6e020202800000030080000018078912cb01000768ebe3cb3002c0fdf8f800',
);
const bigSample = 70_000;

/** 24 s: pictures that read buffers cut in all places, an IDR each second; sound that lies up to 400 ms behind. */
function film(): Uint8Array {
  const video = trackEntry(
    { number: 1, type: 'video', codecId: 'V_MPEG4/ISO/AVC', codecPrivate: avcC, defaultDuration: 40_000_000 },
    element(ID.Video, uint(ID.PixelWidth, 62), uint(ID.PixelHeight, 46)),
  );
  const audio = trackEntry(
    { number: 2, type: 'audio', codecId: 'A_AAC', codecPrivate: fromHex('1190') },
    element(ID.Audio, float(ID.SamplingFrequency, 48_000), uint(ID.Channels, 2)),
  );
  const clusters = Array.from({ length: 24 }, (_, second) => {
    const blocks: Uint8Array[] = [];
    for (let frame = 0; frame < 25; frame++) {
      blocks.push(
        simpleBlock({ track: 1, time: frame * 40, isKey: frame === 0, frames: [picture(second, frame)] }),
      );
      const packet = second * 25 + frame - 10;
      if (packet >= 0) {
        const time = Math.round((packet * 1024) / 48) - second * 1000;
        blocks.push(simpleBlock({ track: 2, time, frames: [noise(300, packet)] }));
      }
    }
    return cluster(second * 1000, ...blocks);
  });
  return matroskaFile([video, audio], ...clusters);
}

/** 24 s of such pictures in MP4, a chunk each half second. */
function mp4Film(): Uint8Array {
  const samples = Array.from({ length: 600 }, (_, n) => picture(Math.floor(n / 25), n % 25));
  const offsets: number[] = [];
  let end = 0;
  for (const [n, { length }] of samples.entries()) {
    if (n % 10 === 0) offsets.push(end);
    end += length;
  }
  const track = { id: 1, sampleEntries: [mp4.visualEntry('avc1', mp4.box('avcC', avcC))] };
  const plan = {
    sizes: samples.map(({ length }) => length),
    durations: [[samples.length, 40]],
    syncSamples: Array.from({ length: 24 }, (_, second) => second * 25 + 1),
    chunks: [[1, 10, 1]],
    chunkOffsets: offsets,
  } as const;
  return mp4.trackFile(track, plan, mp4.join(...samples));
}

/** A slice of noise behind its length and NAL unit header. */
function picture(second: number, frame: number): Uint8Array {
  const sample = noise(bigSample + ((second * 25 + frame) % 7) * 999, second * 100 + frame);
  new DataView(sample.buffer).setUint32(0, sample.length - 4);
  sample[4] = frame === 0 ? 0x65 : 0x41;
  return sample;
}

/** One noise that all samples are cut from. */
const noiseSource = new Uint8Array(1 << 20);
for (let i = 0, state = 1; i < noiseSource.length; i++) {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  noiseSource[i] = state >>> 24;
}

function noise(length: number, seed: number): Uint8Array {
  const from = (seed * 7919) % (noiseSource.length - length);
  return noiseSource.slice(from, from + length);
}

describe('streams with reused memory', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-reuse-'));
    await writeFile(join(folder, 'film.mkv'), film());
    await writeFile(join(folder, 'film.mp4'), mp4Film());
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  /** Reads each list as late as is allowed: right before the list after the next one is asked for. */
  async function readLate(
    name: string,
    begin: typeof streamTranscodeFmp4,
    reuseMemory: boolean,
  ): Promise<{ hash: string; buffers: number }> {
    const stream = begin(await openFile(join(folder, name)), { reuseMemory });
    const hash = createHash('sha256');
    const buffers = new Set<ArrayBufferLike>();
    let kept: readonly Uint8Array[] = [];
    const use = (list: readonly Uint8Array[]): void => {
      for (const chunk of list) {
        hash.update(chunk);
        if (chunk.buffer.byteLength >= 1 << 20) buffers.add(chunk.buffer);
      }
    };
    for await (const list of stream.chunks()) {
      use(kept);
      kept = list;
    }
    use(kept);
    return { hash: hash.digest('hex'), buffers: buffers.size };
  }

  for (const [name, begin] of [
    ['film.mkv', streamTranscodeFmp4],
    ['film.mp4', streamTranscodeUniversal],
  ] as const) {
    it(`hands out the same bytes of ${name}, in fewer buffers`, async () => {
      const fresh = await readLate(name, begin, false);
      const reused = await readLate(name, begin, true);
      assert.equal(reused.hash, fresh.hash);
      assert.ok(reused.buffers < fresh.buffers, `${reused.buffers} buffers of ${fresh.buffers}`);
    });
  }
});
