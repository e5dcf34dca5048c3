/**
 * Every fixture through the continuous stream, checked against what the source holds: by test readers of both containers
 * that share no code with ours, and by ffprobe and ffmpeg where the machine has them.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestOptions } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { readPlainMatroska, type PlainFrame, type PlainTrack } from './support/ebml-walker.js';
import { decodeFirstChannel, decodingMessages, probe } from './support/ffmpeg.js';
import { FIXTURES, fixturePath, type Fixture } from './support/fixtures.js';
import { readFragmentedMp4, type FragmentedMp4, type FragmentedTrack } from './support/fragmented-mp4.js';
import { readStream, type ReadStream } from './support/read-stream.js';
import { assertSameBytes } from './support/same-bytes.js';
import { sweepLag } from './support/sweep-lag.js';
import { missingTools } from './support/tools.js';

const AAC_FRAME = 1024;
const AAC_RATE = 48_000;
/** Half a unit of rounding at the frame itself and half at what zero is taken from. */
const roundingSeconds = 0.001;

let pool: EnginePool;
let folder: string;

before(() => {
  pool = createEnginePool({ size: 2 });
  folder = mkdtempSync(join(tmpdir(), 'segmint-conformance-'));
});

after(async () => {
  await pool[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

for (const fixture of FIXTURES) {
  describe(fixture.name, () => {
    let run: Run;
    before(async () => {
      run = await remux(fixture);
    });

    itIf(hasVideo(fixture), 'sends the picture samples of the source, byte for byte', {}, () => {
      const { video, videoFrames } = picturesOf(run);
      assert.equal(video.samples.length, videoFrames.length);
      videoFrames.forEach((frame, i) => assertSameBytes(video.samples[i]!.data, frame.data, `sample ${i}`));
      const isSync = video.samples.map(({ flags }) => (flags & 0x10000) === 0);
      assert.ok(isSync[0]);
      // An open group starts with a picture that is not one to start at in H.264: there, fewer are.
      videoFrames.forEach(({ isKey }, i) =>
        assert.ok(isKey || !isSync[i], `sample ${i} is no random access point`),
      );
      if (!fixture.name.includes('opengop')) {
        assert.deepEqual(
          isSync,
          videoFrames.map(({ isKey }) => isKey),
        );
      }
    });

    itIf(hasVideo(fixture), 'shows each picture when the source does', {}, () => {
      const { video, videoFrames } = picturesOf(run);
      videoFrames.forEach((frame, i) => {
        const time = presentationTime(video, i) + run.originSeconds;
        const error = Math.abs(time - frame.timeNs / 1e9);
        assert.ok(error <= roundingSeconds, `picture ${i} is off by ${error} s`);
      });
    });

    it('keeps decode times rising and never after the presentation', () => {
      for (const { samples, timescale } of run.output.tracks) {
        samples.forEach((sample, i) => {
          assert.ok(sample.compositionOffset >= 0, `sample ${i} has the offset ${sample.compositionOffset}`);
          assert.ok(sample.duration > 0, `sample ${i} lasts ${sample.duration}`);
        });
        assert.ok(timescale > 0);
      }
    });

    it('begins each fragment of a track where the one before ended', () => {
      for (const { parts, type } of run.output.tracks) {
        parts.forEach((part, i) => {
          const previous = parts[i - 1];
          if (previous === undefined) return;
          assert.equal(
            part.baseMediaDecodeTime,
            previous.baseMediaDecodeTime + previous.duration,
            `${type} of fragment ${part.fragment}`,
          );
        });
      }
    });

    itIf(hasAudio(fixture), 'sends the sound: copied byte for byte, or encoded without a gap', {}, () => {
      const { audio, audioFrames, isCopied, audioTrack } = soundOf(run);
      const first = audioFrames[0]!.timeNs / 1e9 - run.originSeconds;
      if (isCopied) {
        assert.equal(audio.samples.length, audioFrames.length);
        audioFrames.forEach((frame, i) => assertSameBytes(audio.samples[i]!.data, frame.data, `packet ${i}`));
        const begins = audio.samples[0]!.decodeTime / audio.timescale;
        assert.ok(Math.abs(begins - first) <= 1 / audio.timescale, `begins at ${begins}, not ${first}`);
        audioFrames.forEach((frame, i) => {
          const time = audio.samples[i]!.decodeTime / audio.timescale + run.originSeconds;
          const error = Math.abs(time - frame.timeNs / 1e9);
          assert.ok(error <= 2 * roundingSeconds, `packet ${i} is off by ${error} s`);
        });
        return;
      }
      assert.equal(audio.timescale, AAC_RATE);
      assert.equal(audio.samples[0]!.decodeTime, 0, 'what is before the sound is silence');
      audio.samples.forEach(({ duration }, i) => assert.equal(duration, AAC_FRAME, `frame ${i}`));
      const ends = endOf(audioTrack, audioFrames) - run.originSeconds;
      const heard = (audio.samples.length * AAC_FRAME) / AAC_RATE;
      assert.ok(heard >= ends - 2 * roundingSeconds, `${heard} s of ${ends} s`);
      assert.ok(heard < ends + 2 * roundingSeconds + AAC_FRAME / AAC_RATE, `${heard} s of ${ends} s`);
    });

    it('cuts fragments of a quarter, a half, one and then two seconds', () => {
      const track = run.output.tracks[0]!;
      const times = presentationTimes(track).sort((a, b) => a - b);
      const longest = Math.max(...times.slice(1).map((time, i) => time - times[i]!));
      let cursor = 0;
      for (const { fragment, firstSample, sampleCount } of track.parts.slice(0, -1)) {
        const end = times[firstSample + sampleCount]!;
        const target = [0.25, 0.5, 1][fragment] ?? 2;
        // Packets of sound that begin before the cut belong to the fragment, so it may be one shorter too.
        const least = target - (track.type === 'audio' ? longest : 0);
        // A track that begins late leaves the first fragments to the other.
        if (firstSample > 0 || fragment === 0) {
          assert.ok(end - cursor > least - 1e-6, `fragment ${fragment} lasts ${end - cursor} s`);
          assert.ok(
            end - cursor < target + longest + times[0]! + 1e-6,
            `fragment ${fragment} lasts ${end - cursor} s`,
          );
        }
        cursor = end;
      }
      assert.equal(track.parts.at(-1)!.firstSample + track.parts.at(-1)!.sampleCount, times.length);
    });

    it('says what it did', () => {
      const { bytes, description, summary } = run.stream;
      const { output } = run;
      assert.equal(summary.outcome, 'complete');
      assert.equal(summary.error, undefined);
      assert.equal(summary.bytes, bytes.length);
      assert.equal(summary.fragments, output.fragments);
      assert.equal(summary.damageCount, 0);
      assert.deepEqual(summary.damage, []);
      assert.equal(summary.isTruncated, false);
      assert.equal(summary.startMs, 0);
      assert.equal(summary.trueStartMs, 0);
      assert.equal(description.trueStartMs, 0);
      assert.deepEqual(description.leftOut, []);
      assert.deepEqual(
        summary.tracks.map(({ type, samples, bytes: sent }) => ({ type, samples, bytes: sent })),
        output.tracks.map(({ type, samples }) => ({
          type,
          samples: samples.length,
          bytes: samples.reduce((sum, { data }) => sum + data.length, 0),
        })),
      );
      assert.deepEqual(
        summary.tracks.map(({ dropped }) => dropped),
        output.tracks.map(() => 0),
      );
      const codecs = description.tracks.map(({ codecString }) => codecString).join(',');
      const kind = hasVideo(fixture) ? 'video' : 'audio';
      assert.equal(description.mimeType, `${kind}/mp4; codecs="${codecs}"`);
      const ends = Math.max(...output.tracks.map(endOfTrack)) * 1000;
      assert.ok(Math.abs(summary.durationMs - ends) <= 22, `${summary.durationMs} ms of ${ends} ms`);
    });

    it(
      'is the same to ffprobe, packet for packet and frame for frame, and decodes without a word',
      { skip: missingTools('what ffprobe and ffmpeg make of the output', 'ffmpeg', 'ffprobe') },
      async () => {
        const [source, output] = await Promise.all([probe(run.sourcePath), probe(run.outputPath)]);
        for (const track of run.stream.description.tracks) {
          // Our fixtures number their tracks from 1 in the order of their streams.
          const from = source[track.id - 1]!;
          const to = output.find(({ type }) => type === track.type)!;
          if (track.action === 'transcode') {
            assert.equal(to.codec, 'aac');
            assert.equal(to.frames, to.packets.length);
            continue;
          }
          assert.equal(to.codec, from.codec);
          assert.equal(to.frames, from.frames);
          assert.deepEqual(
            to.packets.map(({ hash }) => hash),
            from.packets.map(({ hash }) => hash),
          );
          to.packets.forEach(({ time }, i) => {
            const error = Math.abs(time + run.originSeconds - from.packets[i]!.time);
            // ffprobe rounds the source once more: where it takes a CodecDelay off.
            assert.ok(error <= 2 * roundingSeconds, `packet ${i} of track ${track.id} is off by ${error} s`);
          });
        }
        assert.deepEqual(await decodingMessages(run.outputPath), []);
      },
    );

    itIf(
      hasAudio(fixture),
      'is heard when the source is, to the sample',
      { skip: missingTools('the offset of sound and picture', 'ffmpeg') },
      async () => {
        const { audio, audioFrames, isCopied } = soundOf(run);
        const spec = fixture.spec.audio![0]!;
        const begins = (spec.startMs ?? 0) / 1000;
        const output = {
          samples: await decodeFirstChannel(run.outputPath),
          rate: isCopied ? spec.sampleRate : AAC_RATE,
          startsAt: audio.samples[0]!.decodeTime / audio.timescale,
        };
        const source = {
          samples: await decodeFirstChannel(run.sourcePath),
          rate: spec.sampleRate,
          // libavcodec's Vorbis gives nothing for the first packet, which lasts as long as the CodecDelay here.
          startsAt: spec.encoder === 'libvorbis' ? 0 : audioFrames[0]!.timeNs / 1e9,
        };
        for (const at of [0.1, 1, 2]) {
          const stated = sweepLag(source, at + begins, begins);
          const heard = sweepLag(output, at + begins - run.originSeconds, begins - run.originSeconds);
          const samples = (heard - stated) * AAC_RATE;
          assert.ok(Math.abs(samples) <= 1, `the sound at ${at} s is ${samples} samples late`);
        }
      },
    );
  });
}

/** A test that makes sense for some fixtures only: it is left away, and not skipped, for the others. */
function itIf(isMeant: boolean, name: string, options: TestOptions, test: () => void | Promise<void>): void {
  if (isMeant) it(name, options, test);
}

interface Run {
  readonly sourcePath: string;
  readonly outputPath: string;
  readonly stream: ReadStream;
  readonly output: FragmentedMp4;
  readonly tracks: readonly PlainTrack[];
  readonly frames: readonly PlainFrame[];
  /** What is zero in the output, on the source's timeline. */
  readonly originSeconds: number;
}

async function remux(fixture: Fixture): Promise<Run> {
  const sourcePath = await fixturePath(pool, fixture);
  const stream = await readStream(await openFile(sourcePath), { engine: pool });
  const outputPath = join(folder, `${fixture.name}.mp4`);
  writeFileSync(outputPath, stream.bytes);
  const output = readFragmentedMp4(stream.bytes);
  const { tracks, frames } = readPlainMatroska(readFileSync(sourcePath));
  return {
    sourcePath,
    outputPath,
    stream,
    output,
    tracks,
    frames,
    originSeconds: originOf(output, tracks, frames, stream),
  };
}

/**
 * The time that the stream made zero, on the source's timeline: from the earliest picture, whose time is a whole
 * millisecond in all fixtures and so not rounded. Without pictures, when the sound begins.
 */
function originOf(
  output: FragmentedMp4,
  tracks: readonly PlainTrack[],
  frames: readonly PlainFrame[],
  stream: ReadStream,
): number {
  const sent = stream.description.tracks[0]!;
  const times = frames.filter(({ track }) => track === sent.id).map(({ timeNs }) => timeNs / 1e9);
  if (sent.type === 'audio') return times[0]!;
  assert.equal(tracks.find(({ number }) => number === sent.id)!.type, 'video');
  return Math.min(...times) - Math.min(...presentationTimes(output.tracks[0]!));
}

function picturesOf({ output, frames, stream }: Run) {
  const { id } = stream.description.tracks.find(({ type }) => type === 'video')!;
  const video = output.tracks.find(({ type }) => type === 'video')!;
  return { video, videoFrames: frames.filter(({ track }) => track === id) };
}

function soundOf({ output, frames, stream, tracks }: Run) {
  const { id, action } = stream.description.tracks.find(({ type }) => type === 'audio')!;
  return {
    audio: output.tracks.find(({ type }) => type === 'audio')!,
    audioFrames: frames.filter(({ track }) => track === id),
    audioTrack: tracks.find(({ number }) => number === id)!,
    isCopied: action === 'copy',
  };
}

/**
 * When a source track ends, in seconds. Where a part of the last packet is not to be heard, libavformat states the
 * packet's length without that part, and the part as well.
 */
function endOf({ defaultDuration }: PlainTrack, frames: readonly PlainFrame[]): number {
  const last = frames.at(-1)!;
  const distance = last.timeNs - frames.at(-2)!.timeNs;
  return (last.timeNs + (last.durationNs ?? defaultDuration ?? distance)) / 1e9;
}

function endOfTrack(track: FragmentedTrack): number {
  const last = track.samples.at(-1)!;
  return (last.decodeTime + last.duration) / track.timescale;
}

function presentationTimes(track: FragmentedTrack): number[] {
  return track.samples.map((_, i) => presentationTime(track, i));
}

function presentationTime({ samples, timescale }: FragmentedTrack, index: number): number {
  const { decodeTime, compositionOffset } = samples[index]!;
  return (decodeTime + compositionOffset) / timescale;
}

function hasVideo({ spec }: Fixture): boolean {
  return spec.video !== undefined;
}

function hasAudio({ spec }: Fixture): boolean {
  return spec.audio !== undefined;
}
