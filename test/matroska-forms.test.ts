/**
 * One and the same media, written as Matroska in every form that the format allows, must come out as the same stream;
 * where a form says less (no DefaultDuration, coarse times), as the same samples at the times that it says.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openIterable } from '../src/io/iterable.js';
import { readPlainMatroska, type PlainMatroska } from './support/ebml-walker.js';
import { decodeFirstChannel, decodingMessages } from './support/ffmpeg.js';
import { fixtureBytes } from './support/fixtures.js';
import { readFragmentedMp4, type FragmentedTrack } from './support/fragmented-mp4.js';
import { writeMatroska, type MatroskaForm } from './support/odd-matroska.js';
import { readStream, type ReadStream } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { loudness, sweepLag } from './support/sweep-lag.js';
import { missingTools } from './support/tools.js';

let pool: EnginePool;
let folder: string;

before(() => {
  pool = createEnginePool({ size: 2 });
  folder = mkdtempSync(join(tmpdir(), 'segmint-forms-'));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Forms that say the same as the plain one. */
const equalForms: Readonly<Record<string, MatroskaForm>> = {
  'BlockGroups only': { groups: true },
  'header stripping': { compression: 'header' },
  'header stripping in BlockGroups': { compression: 'header', groups: true },
  'zlib compression': { compression: 'zlib' },
  'Xiph lacing': { lacing: 'xiph' },
  'EBML lacing': { lacing: 'ebml' },
  'EBML lacing in BlockGroups': { lacing: 'ebml', groups: true },
  'fixed lacing': { lacing: 'fixed' },
  'Xiph lacing with zlib compression': { lacing: 'xiph', compression: 'zlib' },
  'unknown sizes of one byte': { unknownSizes: 1 },
  'unknown sizes of four bytes': { unknownSizes: 4 },
  'unknown sizes of eight bytes': { unknownSizes: 8 },
  'Void elements between blocks': { voids: true },
  'track numbers of two bytes': { trackWidth: 2 },
  'track numbers of four bytes in laced blocks': { trackWidth: 4, lacing: 'ebml' },
  'a Cluster for each frame': { clusterNs: 1 },
  'one Cluster for all': { clusterNs: 30e9 },
  'a start at 12.34 s': { shiftNs: 12_340e6 },
  'a start at an hour and a bit': { shiftNs: 3_600_120e6 },
  'a start before zero': { shiftNs: -40e6 },
};

for (const name of ['h264-ac3', 'hevc-opus', 'vp9-pcm16', 'av1-mp3', 'h264-aac', 'hevc-dts']) {
  describe(`the frames of ${name}`, () => {
    let plain: PlainMatroska;
    let base: ReadStream;
    before(async () => {
      plain = readPlainMatroska(await fixtureBytes(pool, name));
      base = await read(plain);
    });

    it('come out of a plain file as they went in', () => {
      const { tracks } = readFragmentedMp4(base.bytes);
      const frames = plain.frames.filter(({ track }) => track === 1);
      assert.equal(tracks[0]!.samples.length, frames.length);
      frames.forEach(({ data }, i) => assertSameBytes(tracks[0]!.samples[i]!.data, data, `sample ${i}`));
    });

    for (const [form, fields] of Object.entries(equalForms)) {
      it(`come out the same with ${form}`, async () => {
        // Opus states the padding of its last packet in a group, PCM has no length but its size: both as they are.
        const { bytes, summary } = await read(plain, fields);
        assert.equal(summary.damageCount, 0);
        assertSameBytes(bytes, base.bytes);
      });
    }

    it('come out the same with junk between Clusters, which is reported', async () => {
      const junk = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) >> 3);
      const { bytes, summary } = await read(plain, { junk });
      assertSameBytes(bytes, base.bytes);
      assert.ok(summary.damageCount > 0);
      assert.equal(summary.isTruncated, false);
    });

    it('come out the same from a source that is not seekable and does not know its size', async () => {
      const bytes = writeMatroska(plain, { unknownSizes: 8 });
      const pieces = async function* () {
        for (let at = 0; at < bytes.length; at += 1013) yield bytes.slice(at, at + 1013);
      };
      const { bytes: streamed } = await readStream(openIterable(pieces()), { engine: pool });
      assertSameBytes(streamed, base.bytes);
    });

    for (const timestampScale of [1000, 100_000, 250_000, 1_001_000, 5_000_000]) {
      it(`keep their times with ${timestampScale} ns a tick`, async () => {
        const { bytes } = await read(plain, { timestampScale });
        assertTimes(bytes, plain, timestampScale / 1e9 + 0.001);
      });
    }

    it('keep their times without a DefaultDuration', async () => {
      const { bytes } = await read(plain, { noDefaultDuration: true });
      assertTimes(bytes, plain, 0.001);
    });
  });
}

describe('sound with a gap', () => {
  /** Samples of a packet, of which the fixture's sound has so many a second. */
  const sounds = {
    'h264-eac3': [1536, 48_000],
    'h264-flac': [4608, 44_100],
    'h264-aac': [1024, 44_100],
    'h264-opus': [960, 48_000],
    'h264-truehd': [40, 48_000],
    'h264-pcm16': [1024, 48_000],
  } as const;
  for (const [name, [packetSamples, sampleRate]] of Object.entries(sounds)) {
    for (const lacing of [undefined, 'ebml'] as const) {
      it(
        `goes on in time after it: ${name}${lacing === undefined ? '' : ', laced'}`,
        { skip: missingTools('sound with gaps', 'ffmpeg') },
        async () => {
          const rounded = readPlainMatroska(await fixtureBytes(pool, name));
          const plain = withExactSound(rounded, packetSamples / sampleRate);
          const audioTrack = plain.tracks.find(({ type }) => type === 'audio')!;
          const keep = ({ track, timeNs }: { track: number; timeNs: number }) =>
            track !== audioTrack.number || timeNs < 0.7e9 || timeNs >= 1.5e9;
          const form = { keep, timestampScale: 10_000, ...(lacing === undefined ? {} : { lacing }) };
          const { bytes, description, summary } = await read(plain, form);
          assert.equal(summary.outcome, 'complete');
          const path = join(folder, `${name}.mp4`);
          writeFileSync(path, bytes);
          const { tracks } = readFragmentedMp4(bytes);
          const [video, audio] = [tracks[0]!, tracks[1]!];
          assertContiguous(video);
          const origin = Math.min(...timesOf(video));
          const isCopied = description.tracks[1]!.action === 'copy';
          const samples = await decodeFirstChannel(path);
          if (!isCopied) {
            assertContiguous(audio);
            const heard = { samples, rate: 48_000, startsAt: 0 };
            for (const at of [0.1, 1.7, 2.1]) assertInTime(sweepLag(heard, at + origin, origin));
            // The last packet before the gap may reach 32 ms into it; decoders that overlap fade in after it.
            assert.ok(loudness(heard, 0.76, 1.49) < 0.001, `not silent: ${loudness(heard, 0.76, 1.49)}`);
            return;
          }
          // A copied track's packets stand where they did; ffmpeg's decoder gives the sound after the gap its place in
          // the file, but raw output does not show it: measured from the packet after the gap.
          const jump = audio.samples.findIndex(
            ({ duration }, i) => i > 0 && duration > 4 * audio.samples[i - 1]!.duration,
          );
          const rate = audio.timescale;
          const gap = audio.samples[jump]!.duration - audio.samples[jump - 1]!.duration;
          const after = { samples, rate, startsAt: (audio.samples[0]!.decodeTime + gap) / rate };
          for (const at of [1.7, 2.1]) assertInTime(sweepLag(after, at + origin, origin));
        },
      );
    }
  }
});

describe('the offset of sound and picture', () => {
  const timestampScale = 10_000;
  for (const name of [
    'h264-aac',
    'h264-23976-eac3',
    'h264-2997-aac',
    'h264-opus',
    'h264-flac',
    'h264-60-opus',
  ]) {
    it(`is kept to within one audio sample, whatever it is: ${name}`, async () => {
      const plain = readPlainMatroska(await fixtureBytes(pool, name));
      for (const shiftUs of Array.from({ length: 40 }, (_, i) => (i - 20) * 1710)) {
        const shifted: PlainMatroska = {
          ...plain,
          frames: plain.frames.map((frame) =>
            frame.track === 2 ? { ...frame, timeNs: frame.timeNs + shiftUs * 1000 } : frame,
          ),
        };
        const { bytes } = await read(shifted, { timestampScale, shiftNs: 1e9 }, { audio: 'copy' });
        const { tracks } = readFragmentedMp4(bytes);
        const stated = firstTime(shifted, 2, timestampScale) - firstTime(shifted, 1, timestampScale);
        const sent = Math.min(...timesOf(tracks[1]!)) - Math.min(...timesOf(tracks[0]!));
        const samples = (sent - stated) * tracks[1]!.timescale;
        assert.ok(Math.abs(samples) <= 1, `shifted by ${shiftUs} µs, the sound is ${samples} samples late`);
      }
    });
  }
});

describe('a form that ffmpeg decodes', () => {
  it(
    'decodes without a word after our remux',
    { skip: missingTools('the decoding of odd forms', 'ffmpeg') },
    async () => {
      const plain = readPlainMatroska(await fixtureBytes(pool, 'h264-ac3'));
      for (const form of [
        { lacing: 'ebml', compression: 'header' },
        { unknownSizes: 8, groups: true },
      ] as const) {
        const path = join(folder, 'form.mp4');
        writeFileSync(path, (await read(plain, form)).bytes);
        assert.deepEqual(await decodingMessages(path), []);
      }
    },
  );
});

function read(
  plain: PlainMatroska,
  form: MatroskaForm = {},
  options: { readonly audio?: 'copy' } = {},
): Promise<ReadStream> {
  return readStream(openBytes(writeMatroska(plain, form)), { engine: pool, ...options });
}

/** Gives packets of sound the times that they had before libavformat rounded them: each where the last one ends. */
function withExactSound(plain: PlainMatroska, packetSeconds: number): PlainMatroska {
  const number = plain.tracks.find(({ type }) => type === 'audio')!.number;
  let next = firstTime(plain, number) * 1e9;
  const frames = plain.frames.map((frame) => {
    if (frame.track !== number) return frame;
    const timeNs = next;
    next += packetSeconds * 1e9;
    return { ...frame, timeNs };
  });
  return { ...plain, frames };
}

function assertTimes(bytes: Uint8Array, plain: PlainMatroska, toleranceSeconds: number): void {
  const { tracks } = readFragmentedMp4(bytes);
  const frames = plain.frames.filter(({ track }) => track === 1);
  const times = timesOf(tracks[0]!);
  assert.equal(times.length, frames.length);
  const shift = Math.min(...times) - firstTime(plain, 1);
  frames.forEach(({ timeNs, data }, i) => {
    assertSameBytes(tracks[0]!.samples[i]!.data, data, `sample ${i}`);
    const error = Math.abs(times[i]! - shift - timeNs / 1e9);
    assert.ok(error <= toleranceSeconds, `picture ${i} is off by ${error} s`);
  });
  for (const track of tracks) assertContiguous(track);
}

function assertContiguous({ parts, samples }: FragmentedTrack): void {
  parts.forEach((part, i) => {
    const previous = parts[i - 1];
    if (previous === undefined) return;
    assert.equal(part.baseMediaDecodeTime, previous.baseMediaDecodeTime + previous.duration);
  });
  samples.forEach(({ compositionOffset }) => assert.ok(compositionOffset >= 0));
}

function assertInTime(lagSeconds: number): void {
  const samples = lagSeconds * 48_000;
  assert.ok(Math.abs(samples) <= 1, `the sound is ${samples} samples late`);
}

function timesOf({ samples, timescale }: FragmentedTrack): number[] {
  return samples.map(({ decodeTime, compositionOffset }) => (decodeTime + compositionOffset) / timescale);
}

/** When a track begins, in seconds, when its blocks are written in ticks of so many nanoseconds. */
function firstTime({ frames, tracks }: PlainMatroska, number: number, timestampScale = 1): number {
  const { codecDelay } = tracks.find((track) => track.number === number)!;
  const times = frames.filter(({ track }) => track === number).map(({ timeNs }) => timeNs + codecDelay);
  return (Math.round(Math.min(...times) / timestampScale) * timestampScale - codecDelay) / 1e9;
}
