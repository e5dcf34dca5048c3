/** Files of all kinds through the universal stream: each picture of the source once, when the source shows it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { UnsupportedMediaError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import type { UniversalOptions } from '../src/pipelines/universal-options.js';
import { decodeFirstChannel, decodingMessages, probe } from './support/ffmpeg.js';
import { readFragmentedMp4, type FragmentedTrack } from './support/fragmented-mp4.js';
import { readUniversal, type ReadStream } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { pipeThrough, readStamps } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';
import {
  FORCED_SOURCES,
  UNIVERSAL_SOURCES,
  universalSourceNamed,
  universalSourcePath,
  type UniversalSource,
} from './support/universal-sources.js';

const skip = missingTools('streams of other containers and codecs', 'ffmpeg', 'ffprobe');
/** Matroska rounds to a millisecond, and zero is taken from such a time. */
const ROUNDING_SECONDS = 0.0011;
/** What a codec blurs of where a sound begins. */
const BLUR_SECONDS = 0.004;

let pool: EnginePool;
let folder: string;

before(() => {
  pool = createEnginePool({ size: 2 });
  folder = mkdtempSync(join(tmpdir(), 'segmint-universal-'));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

for (const source of UNIVERSAL_SOURCES) describe(source.name, { skip }, () => check(source, {}));
for (const source of FORCED_SOURCES) {
  describe(`${source.name}, forced`, { skip }, () => check(source, { forceVideoReencode: true }));
}

/** The tests of one file. */
function check(source: UniversalSource, options: UniversalOptions): void {
  let stream: ReadStream;
  let path: string;
  let outputPath: string;
  before(async () => {
    path = universalSourcePath(source);
    stream = await readUniversal(await openFile(path), { ...options, engine: pool });
    outputPath = join(folder, `${source.name}.mp4`);
    writeFileSync(outputPath, stream.bytes);
  });

  it('says what is done with each track, and why', () => {
    const { tracks, leftOut } = stream.description;
    assert.deepEqual(
      tracks.map(({ type, action }) => [type, action]),
      [['video', source.video], ...(source.audio === undefined ? [] : [['audio', source.audio]])],
    );
    assert.deepEqual(leftOut, []);
    for (const { reason } of tracks) assert.ok(reason.length > 0);
    assert.equal(stream.summary.outcome, 'complete');
    for (const { decodeErrors } of stream.summary.tracks) assert.equal(decodeErrors, 0);
  });

  it('shows every picture of the source once, in order', async () => {
    const pictures = source.pictures ?? 200;
    assert.deepEqual(
      await stampsOf(outputPath),
      Array.from({ length: pictures }, (_, i) => i),
    );
  });

  it('shows each picture when the source does', async () => {
    const stated = (await probe(path, false)).find(({ type }) => type === 'video')!;
    const expected = stated.packets.map(({ time }) => time).sort((a, b) => a - b);
    const shown = timesOf(videoOf(stream)).sort((a, b) => a - b);
    assert.equal(shown.length, expected.length);
    shown.forEach((time, i) => {
      const error = Math.abs(time - shown[0]! - (expected[i]! - expected[0]!));
      assert.ok(error <= ROUNDING_SECONDS, `picture ${i} is off by ${error} s`);
    });
  });

  it('fills the time without a gap, and decodes nothing after it is shown', () => {
    for (const { samples, parts, type } of readFragmentedMp4(stream.bytes).tracks) {
      for (const { compositionOffset, duration } of samples) {
        assert.ok(compositionOffset >= 0 && duration > 0);
      }
      parts.slice(1).forEach((part, i) => {
        const { baseMediaDecodeTime, duration } = parts[i]!;
        assert.equal(part.baseMediaDecodeTime, baseMediaDecodeTime + duration, `${type} of ${part.fragment}`);
      });
    }
  });

  it('decodes without a word', async () => {
    assert.deepEqual(await decodingMessages(outputPath), []);
  });

  if (source.audio !== undefined) {
    it('is heard when the picture says so', async () => {
      const begins = await soundBeginsAt(stream, outputPath);
      const shown = timesOf(videoOf(stream)).sort((a, b) => a - b)[25]!;
      assert.ok(
        Math.abs(begins - shown) <= (await blurOf(path)),
        `heard at ${begins} s, shown at ${shown} s`,
      );
    });
  }

  if (source.video === 'copy') {
    it('copies the packets', async () => {
      const [from, to] = await Promise.all([probe(path), probe(outputPath)]);
      for (const type of ['video', 'audio']) {
        const stated = from.find((one) => one.type === type)!.packets;
        const sent = to.find((one) => one.type === type)!.packets;
        // What an edit list leaves out at the beginning is not sent.
        const hashes = stated.filter(({ time }) => time >= -1e-6).map(({ hash }) => hash);
        assert.deepEqual(
          sent.map(({ hash }) => hash),
          hashes,
        );
      }
    });
  }
}

describe('a stream from the middle', { skip }, () => {
  for (const [name, picture, options] of [
    // Its sound begins an encoder's delay before the pictures do.
    ['mpeg4-mp3.mkv', 76, {}],
    ['mpeg4-aac.mp4', 77, {}],
    ['h264-opengop.mp4', 77, { forceVideoReencode: true }],
  ] as const) {
    it(`of ${name} begins at the picture that is shown then`, async () => {
      const path = universalSourcePath(universalSourceNamed(name));
      const stream = await readUniversal(await openFile(path), { ...options, startMs: 3100, engine: pool });
      const outputPath = join(folder, `middle-${name}.mp4`);
      writeFileSync(outputPath, stream.bytes);
      const stamps = await stampsOf(outputPath);
      const first = stamps[0]!;
      assert.equal(first, picture);
      assert.deepEqual(
        stamps,
        Array.from({ length: 200 - first }, (_, i) => first + i),
      );
      assert.ok(Math.abs(stream.description.trueStartMs - first * 40) < 30);
    });
  }

  it('of a copied MP4 begins at the keyframe before', async () => {
    const path = universalSourcePath(universalSourceNamed('h264-aac.mp4'));
    const stream = await readUniversal(await openFile(path), { startMs: 5000, engine: pool });
    const outputPath = join(folder, 'middle.mp4');
    writeFileSync(outputPath, stream.bytes);
    assert.deepEqual(
      await stampsOf(outputPath),
      Array.from({ length: 100 }, (_, i) => 100 + i),
    );
    assert.ok(Math.abs(stream.description.trueStartMs - 4000) <= 1);
  });
});

describe('a stream of pictures none of which playing can begin at', { skip }, () => {
  let path: string;
  before(async () => {
    path = join(folder, 'no-start.mkv');
    const whole = universalSourcePath(universalSourceNamed('h264-opengop.mp4'));
    // Cut at a recovery point: no picture behind the first is an IDR picture.
    const args = ['-v', 'error', '-ss', '3.3', '-i', whole, '-c', 'copy', path];
    await pipeThrough('ffmpeg', new Uint8Array(0), args);
  });

  it('is encoded, and shows all that a decoder can begin with', async () => {
    const stream = await readUniversal(await openFile(path), { engine: pool });
    assert.deepEqual(
      stream.description.tracks.map(({ type, action }) => [type, action]),
      [
        ['video', 'transcode'],
        ['audio', 'copy'],
      ],
    );
    const outputPath = join(folder, 'no-start.mp4');
    writeFileSync(outputPath, stream.bytes);
    assert.deepEqual(
      await stampsOf(outputPath),
      Array.from({ length: 120 }, (_, i) => 80 + i),
    );
    assert.deepEqual(await decodingMessages(outputPath), []);
  });

  it('is refused, and not sent without them, where they are only to be copied', async () => {
    const reading = readUniversal(await openFile(path), { video: 'copy', engine: pool });
    await assert.rejects(reading, UnsupportedMediaError);
  });
});

describe('a stream of plain pictures', { skip }, () => {
  for (const [name, coding] of [
    ['plain.avi', ['-c:v', 'rawvideo', '-pix_fmt', 'yuv420p']],
    ['plain-rgb.avi', ['-c:v', 'rawvideo', '-pix_fmt', 'bgr24']],
    ['plain.mov', ['-c:v', 'rawvideo', '-pix_fmt', 'uyvy422']],
    ['runs.mov', ['-c:v', 'qtrle', '-pix_fmt', 'rgb24']],
  ] as const) {
    it(`of ${name} shows them as they are`, async () => {
      const path = join(folder, name);
      const coded = universalSourcePath(universalSourceNamed('h264-aac.mp4'));
      const args = ['-v', 'error', '-i', coded, '-an', '-frames:v', '5', ...coding, path];
      await pipeThrough('ffmpeg', new Uint8Array(0), args);
      const stream = await readUniversal(await openFile(path), { engine: pool });
      const outputPath = join(folder, `${name}.mp4`);
      writeFileSync(outputPath, stream.bytes);
      assert.deepEqual(await stampsOf(outputPath), [0, 1, 2, 3, 4]);
    });
  }
});

describe('a stream of sound in LATM', { skip }, () => {
  it('is heard when it is encoded, too', async () => {
    const path = join(folder, 'latm.ts');
    const plain = universalSourcePath(universalSourceNamed('h264-aac.mp4'));
    const args = ['-v', 'error', '-i', plain, '-c', 'copy', '-mpegts_flags', '+latm', path];
    await pipeThrough('ffmpeg', new Uint8Array(0), args);
    const stream = await readUniversal(await openFile(path), { audio: 'aac', engine: pool });
    const outputPath = join(folder, 'latm.mp4');
    writeFileSync(outputPath, stream.bytes);
    const begins = await soundBeginsAt(stream, outputPath);
    const shown = timesOf(videoOf(stream)).sort((a, b) => a - b)[25]!;
    assert.ok(Math.abs(begins - shown) <= BLUR_SECONDS, `heard at ${begins} s, shown at ${shown} s`);
    for (const { decodeErrors } of stream.summary.tracks) assert.equal(decodeErrors, 0);
  });
});

describe('a stream that cannot be sought in', { skip }, () => {
  it('is read as it comes when moov is first', async () => {
    const path = universalSourcePath(universalSourceNamed('h264-aac-first.mp4'));
    const bytes = await readFile(path);
    const stream = await readUniversal(openIterable(inPieces(bytes)), { engine: pool });
    const whole = await readUniversal(await openFile(path), { engine: pool });
    assert.deepEqual(
      stream.summary.tracks.map(({ samples }) => samples),
      whole.summary.tracks.map(({ samples }) => samples),
    );
    assertSameBytes(stream.bytes, whole.bytes, 'it');
  });

  it('is encoded as it comes', async () => {
    const path = universalSourcePath(universalSourceNamed('mpeg4-mp3.mkv'));
    const bytes = await readFile(path);
    const stream = await readUniversal(openIterable(inPieces(bytes)), { engine: pool });
    const whole = await readUniversal(await openFile(path), { engine: pool });
    assertSameBytes(stream.bytes, whole.bytes, 'it');
  });
});

/** The numbers that the pictures of a file show. */
async function stampsOf(path: string): Promise<number[]> {
  const pixels = await pipeThrough('ffmpeg', new Uint8Array(0), [
    ...['-v', 'error', '-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-enc_time_base', '1/90000'],
    ...['-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
  ]);
  return readStamps(pixels, 320, 180);
}

function videoOf({ bytes }: ReadStream): FragmentedTrack {
  return readFragmentedMp4(bytes).tracks.find(({ type }) => type === 'video')!;
}

function timesOf({ samples, timescale }: FragmentedTrack): number[] {
  return samples.map(({ decodeTime, compositionOffset }) => (decodeTime + compositionOffset) / timescale);
}

/** When the sound begins that begins with picture 25, in seconds of the output. */
async function soundBeginsAt({ bytes }: ReadStream, path: string): Promise<number> {
  const { samples, timescale } = readFragmentedMp4(bytes).tracks.find(({ type }) => type === 'audio')!;
  const heard = await decodeFirstChannel(path);
  const loud = heard.findIndex((level) => Math.abs(level) > 0.25);
  return samples[0]!.decodeTime / timescale + loud / 48_000;
}

/** How far sound may be off: an encoder's delay that its container does not state counts too. */
async function blurOf(path: string): Promise<number> {
  const audio = (await probe(path, false)).find(({ type }) => type === 'audio')!;
  return audio.codec === 'mp3' || audio.codec === 'ac3' ? 0.03 : BLUR_SECONDS;
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) {
    yield await Promise.resolve(bytes.subarray(at, at + 50_000));
  }
}
