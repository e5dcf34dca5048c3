/** What a caller may ask of the continuous stream: where it begins and ends, which tracks, what sound. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { RequestError, UnsupportedMediaError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import type { Source } from '../src/media/source.js';
import { streamTranscodeFmp4 } from '../src/pipelines/continuous.js';
import type { ContinuousOptions } from '../src/pipelines/continuous-options.js';
import { readPlainMatroska, type PlainFrame, type PlainMatroska } from './support/ebml-walker.js';
import { decodeFirstChannel, decodingMessages } from './support/ffmpeg.js';
import { FIXTURES, fixtureBytes, fixturePath } from './support/fixtures.js';
import { readFragmentedMp4, type FragmentedTrack } from './support/fragmented-mp4.js';
import { writeMatroska } from './support/odd-matroska.js';
import { joinBytes, readStream, type ReadStream } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { ScriptedSource } from './support/scripted-source.js';
import { sweepLag } from './support/sweep-lag.js';
import { missingTools } from './support/tools.js';

let pool: EnginePool;
let folder: string;

before(() => {
  pool = createEnginePool({ size: 2 });
  folder = mkdtempSync(join(tmpdir(), 'segmint-options-'));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe('startMs', () => {
  const name = 'h264-23976-eac3';
  /** The ways by which the start is found: Cues, a search, reading through. */
  const ways: Readonly<Record<string, (bytes: Uint8Array, plain: PlainMatroska) => Source>> = {
    'by Cues': (bytes) => openBytes(bytes),
    'by a search, without Cues': (_, plain) => openBytes(writeMatroska(plain)),
    'by reading through, when the source is not seekable': (bytes) => openIterable(inPieces(bytes)),
  };

  for (const [way, open] of Object.entries(ways)) {
    it(`begins at the startable picture at or before it, found ${way}`, async () => {
      const bytes = await fixtureBytes(pool, name);
      const plain = readPlainMatroska(bytes);
      for (const startMs of [1, 1000, 2001, 2002, 2003, 4004, 6500, 8950]) {
        const stream = await read(open(bytes, plain), { startMs });
        const expected = picturesFrom(plain, startMs);
        const [video, audio] = tracksOf(stream);
        assertPictures(video!, expected);
        const begins = expected[0]!.timeNs / 1e6;
        // The stream gives the grid's time, of which the container's is the rounding. Sound before the pictures made
        // the source begin 5.3 ms before them.
        const { trueStartMs } = stream.description;
        assert.ok(Math.abs(trueStartMs - begins - 16 / 3) <= 0.51, `${trueStartMs} ms, not ${begins}`);
        assert.ok(trueStartMs <= startMs + 16 / 3);
        assert.equal(stream.summary.trueStartMs, trueStartMs);
        assert.equal(stream.summary.startMs, startMs);
        assert.equal(Math.min(...timesOf(video!)), 0);
        assert.equal(audio!.samples[0]!.decodeTime, 0);
      }
    });
  }

  it('gives the same stream whichever way it is found', async () => {
    const bytes = await fixtureBytes(pool, name);
    const plain = readPlainMatroska(bytes);
    const streams = await Promise.all(
      Object.values(ways).map((open) => read(open(bytes, plain), { startMs: 5000 })),
    );
    for (const { bytes: other } of streams.slice(1)) {
      // The file that was written for the test states no duration, which init segments repeat.
      const [a, b] = [fragmentsOf(streams[0]!.bytes), fragmentsOf(other)];
      assertSameBytes(b, a);
    }
  });

  it('keeps the times of the source when asked for the absolute timeline', async () => {
    const bytes = await fixtureBytes(pool, name);
    const plain = readPlainMatroska(bytes);
    const stream = await read(openBytes(bytes), { startMs: 5000, timeline: 'absolute' });
    const zero = await read(openBytes(bytes), { startMs: 5000 });
    const [video, audio] = tracksOf(stream);
    const expected = picturesFrom(plain, 5000);
    assertPictures(video!, expected);
    const origin = firstTime(plain.frames.filter(({ track }) => track === 2));
    expected.forEach(({ timeNs }, i) => {
      const error = Math.abs(timesOf(video!)[i]! - (timeNs / 1e9 - origin));
      assert.ok(error <= 0.001, `picture ${i} is off by ${error} s`);
    });
    const begins = timesOf(video!)[0]!;
    assert.ok(Math.abs(begins * 1000 - stream.description.trueStartMs) < 0.05);
    const soundBegins = audio!.samples[0]!.decodeTime / audio!.timescale;
    assert.ok(soundBegins >= begins && soundBegins < begins + 1024 / 48_000);
    assert.deepEqual(
      video!.samples.map(({ data }) => data),
      tracksOf(zero)[0]!.samples.map(({ data }) => data),
    );
  });

  for (const audio of ['aac', 'copy'] as const) {
    it(
      `begins sound and pictures at the same instant: ${audio}`,
      { skip: missingTools('the offset of sound after a start', 'ffmpeg') },
      async () => {
        const bytes = await fixtureBytes(pool, name);
        for (const timeline of ['zero', 'absolute'] as const) {
          const stream = await read(openBytes(bytes), { startMs: 3500, timeline, audio });
          const [video, sound] = tracksOf(stream);
          const path = write('start.mp4', stream.bytes);
          const heard = {
            samples: await decodeFirstChannel(path),
            rate: 48_000,
            startsAt: sound!.samples[0]!.decodeTime / sound!.timescale,
          };
          // The picture that it begins with is the source's 48th: 2.002 s after the first, when the sweep began.
          const sweepBegins = timesOf(video!)[0]! - 2.002;
          for (const at of [0.2, 2, 4]) {
            const samples = sweepLag(heard, timesOf(video!)[0]! + at, sweepBegins) * 48_000;
            assert.ok(Math.abs(samples) <= 1, `${timeline}: ${samples} samples late at ${at} s`);
          }
          assert.deepEqual(await decodingMessages(path), []);
        }
      },
    );
  }

  it('begins right there when there are no pictures', async () => {
    for (const fixture of ['audio-only-flac', 'audio-only-eac3', 'audio-only-aac']) {
      const bytes = await fixtureBytes(pool, fixture);
      const stream = await read(openBytes(bytes), { startMs: 2500 });
      const whole = await read(openBytes(bytes));
      assert.ok(Math.abs(stream.description.trueStartMs - 2500) < 0.05);
      const [audio] = tracksOf(stream);
      const seconds = sumOf(audio!) / audio!.timescale;
      const expected = sumOf(tracksOf(whole)[0]!) / audio!.timescale - 2.5;
      assert.ok(Math.abs(seconds - expected) < 0.11, `${seconds} s, not ${expected}`);
    }
  });

  it('begins at a random access point of open groups, where the codec allows it, and leaves its leading pictures out', async () => {
    const bytes = await fixtureBytes(pool, 'hevc-opengop-aac');
    const stream = await read(openBytes(bytes), { startMs: 1500 });
    assert.ok(stream.description.trueStartMs >= 900 && stream.description.trueStartMs <= 1500);
    assert.ok(stream.summary.tracks[0]!.dropped > 0);
    assert.equal(Math.min(...timesOf(tracksOf(stream)[0]!)), 0);
    if (missingTools('the decoding of open groups', 'ffmpeg') !== false) return;
    assert.deepEqual(await decodingMessages(write('open.mp4', stream.bytes)), []);
  });

  it('steps back to an IDR picture in H.264 with open groups', async () => {
    const bytes = await fixtureBytes(pool, 'h264-opengop-ac3');
    const stream = await read(openBytes(bytes), { startMs: 2400 });
    const whole = await read(openBytes(bytes));
    assert.equal(tracksOf(stream)[0]!.samples.length, tracksOf(whole)[0]!.samples.length);
    assert.ok(stream.description.trueStartMs < 10);
  });

  it('is refused, in words, when the source ends before it', async () => {
    const bytes = await fixtureBytes(pool, 'audio-only-flac');
    await assert.rejects(read(openBytes(bytes), { startMs: 60_000 }), (error: unknown) => {
      assert.ok(error instanceof RequestError, String(error));
      assert.match(error.message, /ends before/);
      return true;
    });
  });
});

describe('maxDurationMs', () => {
  for (const maxDurationMs of [1, 300, 1000, 2500, 4321]) {
    it(`ends after ${maxDurationMs} ms, and reads little more`, async () => {
      const bytes = await fixtureBytes(pool, 'h264-23976-eac3');
      const source = new ScriptedSource(bytes, { chunkBytes: 4096 });
      const stream = await read(source, { maxDurationMs });
      const whole = await read(openBytes(bytes));
      assert.equal(stream.summary.outcome, 'complete');
      const [video, audio] = tracksOf(stream);
      const [allVideo] = tracksOf(whole);
      // As many pictures as begin before the end, in decode order; one at least, unless the sound alone begins so early.
      const inTime = timesOf(allVideo!).filter((time) => time < maxDurationMs / 1000).length;
      assert.equal(video?.samples.length ?? 0, inTime);
      video?.samples.forEach(({ data }, i) => assertSameBytes(data, allVideo!.samples[i]!.data));
      const frames = Math.ceil((maxDurationMs * 48) / 1024);
      assert.equal((audio ?? video)!.samples.length > 0 ? audio!.samples.length : 0, frames);
      assert.ok(Math.abs(stream.summary.durationMs - maxDurationMs) < 0.1, `${stream.summary.durationMs} ms`);
      // Sound is encoded with a look ahead, so a second more is read than is sent.
      const share = Math.min(1, (maxDurationMs + 1500) / 9000);
      assert.ok(source.bytesRead <= share * bytes.length, `${source.bytesRead} of ${bytes.length} bytes`);
    });
  }

  it('counts from where the stream really begins', async () => {
    const bytes = await fixtureBytes(pool, 'h264-23976-eac3');
    const stream = await read(openBytes(bytes), { startMs: 5000, maxDurationMs: 1500 });
    const [video] = tracksOf(stream);
    assert.equal(video!.samples.length, Math.ceil(1.5 * (24000 / 1001)));
    assert.ok(Math.abs(stream.summary.durationMs - 1500) < 0.1);
  });
});

describe('the choice of tracks', () => {
  it('takes the ones that are asked for, each as if it were the only one', async () => {
    const bytes = await fixtureBytes(pool, 'h264-many-tracks');
    const plain = readPlainMatroska(bytes);
    const codecs = { 2: 'aac', 3: 'ac3', 4: 'flac' };
    for (const audioTrack of [2, 3, 4] as const) {
      const { description, bytes: sent } = await read(openBytes(bytes), { audioTrack });
      assert.equal(description.tracks[1]!.id, audioTrack);
      assert.equal(description.tracks[1]!.codec, codecs[audioTrack]);
      const only = writeMatroska({
        ...plain,
        tracks: plain.tracks.filter(({ number }) => number === 1 || number === audioTrack),
        frames: plain.frames.filter(({ track }) => track === 1 || track === audioTrack),
      });
      const alone = await read(openBytes(only));
      const [expected, actual] = [tracksOf(alone), readFragmentedMp4(sent).tracks];
      actual.forEach(({ samples }, i) => assert.deepEqual(samples, expected[i]!.samples));
    }
  });

  it('leaves out what is not wanted', async () => {
    const bytes = await fixtureBytes(pool, 'h264-many-tracks');
    const noSound = await read(openBytes(bytes), { audioTrack: 'none' });
    assert.deepEqual(
      tracksOf(noSound).map(({ type }) => type),
      ['video'],
    );
    assert.match(noSound.description.mimeType, /^video\/mp4; codecs="avc1\.[^,]*"$/);
    const noPictures = await read(openBytes(bytes), { videoTrack: 'none' });
    assert.deepEqual(
      tracksOf(noPictures).map(({ type }) => type),
      ['audio'],
    );
    assert.match(noPictures.description.mimeType, /^audio\/mp4; codecs="mp4a\.40\.2"$/);
  });

  it('is refused when nothing is left or there is no such track', async () => {
    const bytes = await fixtureBytes(pool, 'h264-many-tracks');
    await assert.rejects(
      read(openBytes(bytes), { videoTrack: 'none', audioTrack: 'none' }),
      UnsupportedMediaError,
    );
    for (const audioTrack of [1, 5, 99]) {
      await assert.rejects(read(openBytes(bytes), { audioTrack }), (error: unknown) => {
        assert.ok(error instanceof RequestError);
        assert.equal(error.reason, 'not_found');
        assert.match(error.message, /the audio tracks are 2, 3, 4/);
        return true;
      });
    }
  });
});

describe('encoded sound', () => {
  it('has six channels when asked for', async () => {
    const bytes = await fixtureBytes(pool, 'h264-ac3');
    const { bytes: sent, description } = await read(openBytes(bytes), { audioChannels: 6 });
    const path = write('surround.mp4', sent);
    assert.equal(description.tracks[1]!.codecString, 'mp4a.40.2');
    if (missingTools('the channels of encoded sound', 'ffmpeg') !== false) return;
    assert.deepEqual(await decodingMessages(path), []);
    const [video, audio] = tracksOf({ bytes: sent });
    const heard = { samples: await decodeFirstChannel(path), rate: 48_000, startsAt: 0 };
    assert.equal(heard.samples.length, audio!.samples.length * 1024);
    // The sweep begins with the first picture.
    const begins = Math.min(...timesOf(video!));
    const lag = sweepLag(heard, 1 + begins, begins) * 48_000;
    assert.ok(Math.abs(lag) <= 1, `${lag} samples late`);
  });

  it('has the bit rate that is asked for', async () => {
    const bytes = await fixtureBytes(pool, 'audio-only-eac3');
    const sizes: number[] = [];
    for (const audioBitRate of [64_000, 128_000, 256_000]) {
      const { bytes: sent } = await read(openBytes(bytes), { audioBitRate });
      sizes.push(sent.length);
    }
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => a - b),
    );
  });

  it('is made of copied codecs too, when asked for', async () => {
    const bytes = await fixtureBytes(pool, 'h264-aac');
    const { description } = await read(openBytes(bytes), { audio: 'aac' });
    assert.equal(description.tracks[1]!.action, 'transcode');
    assert.match(description.tracks[1]!.reason, /asked for/);
  });
});

describe('what makes no sense', () => {
  const refused: readonly ContinuousOptions[] = [
    { startMs: -1 },
    { startMs: Number.NaN },
    { startMs: Number.POSITIVE_INFINITY },
    { maxDurationMs: 0 },
    { maxDurationMs: -5 },
    { maxDurationMs: Number.NaN },
    { audioBitRate: 0 },
    { audioBitRate: 1e9 },
    { audioBitRate: Number.NaN },
  ];
  for (const options of refused) {
    it(`is refused at once: ${Object.entries(options).flat().join(' ')}`, () => {
      assert.throws(() => streamTranscodeFmp4(openBytes(new Uint8Array(0)), options), RequestError);
    });
  }
});

describe('reused memory', () => {
  it('carries the same bytes, list by list', async () => {
    for (const fixture of FIXTURES) {
      const path = await fixturePath(pool, fixture);
      const fresh = await readStream(await openFile(path), { engine: pool });
      const stream = streamTranscodeFmp4(await openFile(path), { engine: pool, reuseMemory: true });
      const lists: Uint8Array[] = [];
      for await (const list of stream.chunks()) lists.push(joinBytes(list));
      assertSameBytes(joinBytes(lists), fresh.bytes, fixture.name);
    }
  });
});

function read(source: Source, options: ContinuousOptions = {}): Promise<ReadStream> {
  return readStream(source, { engine: pool, ...options });
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.slice(at, at + 10_007);
}

/** The pictures of track 1 from the last key frame at or before a time on. */
function picturesFrom({ frames }: PlainMatroska, startMs: number): PlainFrame[] {
  const zero = firstTime(frames) * 1e3;
  const pictures = frames.filter(({ track }) => track === 1);
  // A container's rounded time of a picture may lie up to half a millisecond after its own.
  const first = pictures.findLastIndex(({ isKey, timeNs }) => isKey && timeNs / 1e6 - zero <= startMs + 0.5);
  return pictures.slice(Math.max(0, first));
}

function assertPictures({ samples }: FragmentedTrack, expected: readonly PlainFrame[]): void {
  assert.equal(samples.length, expected.length);
  expected.forEach(({ data }, i) => assertSameBytes(samples[i]!.data, data, `picture ${i}`));
  assert.equal(samples[0]!.flags & 0x10000, 0);
}

function tracksOf({ bytes }: Pick<ReadStream, 'bytes'>): readonly FragmentedTrack[] {
  return readFragmentedMp4(bytes).tracks;
}

function fragmentsOf(bytes: Uint8Array): Uint8Array {
  const { moov } = readFragmentedMp4(bytes);
  return bytes.subarray(moov.offset + moov.bytes.length);
}

function timesOf({ samples, timescale }: FragmentedTrack): number[] {
  return samples.map(({ decodeTime, compositionOffset }) => (decodeTime + compositionOffset) / timescale);
}

function sumOf({ samples }: FragmentedTrack): number {
  return samples.reduce((sum, { duration }) => sum + duration, 0);
}

/** The earliest time of some frames, in seconds. */
function firstTime(frames: readonly PlainFrame[]): number {
  return Math.min(...frames.map(({ timeNs }) => timeNs)) / 1e9;
}

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
