import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { Keyframe } from '../src/media/media-index.js';
import type { SegmentTrack } from '../src/pipelines/segment/segment-track.js';
import { VideoCopyTrack } from '../src/pipelines/segment/video-copy-track.js';
import { VideoEncodeTrack } from '../src/pipelines/segment/video-encode-track.js';
import { decodingMessages, probe, type ProbedPacket, type ProbedStream } from './support/ffmpeg.js';
import { readBoxes, readTrackFragments, type Mp4TrackFragment } from './support/mp4-boxes.js';
import { joinBytes } from './support/read-stream.js';
import {
  configurationOf,
  initSegmentOf,
  openSegmentedVideo,
  segmentOf,
  type EditKeyframes,
  type SegmentedVideo,
  type SegmentFile,
} from './support/segmented-video.js';
import { missingTools } from './support/tools.js';
import { VIDEO_SOURCES, videoSourceNamed, videoSourcePath } from './support/video-sources.js';

// Segments of video, made alone and in any order, are put together again and compared with what ffprobe says of the
// source.

/** Nothing is encoded in silence. */
const noEngines = {
  get(): EnginePool {
    throw new RangeError('no engine is to be asked');
  },
};

const skip = missingTools('segments of video', 'ffmpeg', 'ffprobe');
const folder = mkdtempSync(join(tmpdir(), 'segmint-video-segments-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('segments of copied video', { skip }, () => {
  for (const source of VIDEO_SOURCES.filter(({ isCopied }) => isCopied !== false)) {
    it(`${source.name}: each picture once, to the tick, and each segment alone`, async () => {
      const path = videoSourcePath(source);
      await using video = await openSegmentedVideo(path, 2);
      const track = copyTrackOf(video);
      const segments = await makeInAnyOrder(track);
      const fragments = checkJoins(segments);
      const probed = await probeVideo(path);
      const made = packetsOf(fragments, track);
      const hashes = source.hasRecoveryPoints === true ? await hashesWithoutRecoveryPoints(path) : undefined;
      assert.deepEqual(
        made.map(({ hash }) => hash),
        hashes ?? probed.packets.map(({ hash }) => hash),
        'each packet once, in order',
      );
      checkTimes(made, probed.packets, video);
      await checkDecoding(track, segments, probed.frames);
    });
  }

  it('finds the same segments where the index names a wrong place or a wrong time', async () => {
    const path = videoSourcePath(videoSourceNamed('h264-pyramid'));
    await using video = await openSegmentedVideo(path, 2);
    const truth = await makeInAnyOrder(copyTrackOf(video));
    const wrongPlace = (keyframes: Keyframe[], by: number): Keyframe[] =>
      keyframes.map((keyframe, i) => ({
        ...keyframe,
        offset: keyframes[Math.max(0, Math.min(keyframes.length - 1, i + by))]!.offset,
      }));
    const edits: EditKeyframes[] = [
      (keyframes) => wrongPlace(keyframes, 1),
      (keyframes) => wrongPlace(keyframes, -2),
      (keyframes) => keyframes.map((keyframe) => ({ ...keyframe, offset: keyframe.offset + 1000 })),
      // A millisecond too early, and no picture is there.
      (keyframes) =>
        keyframes.map((keyframe) => ({ ...keyframe, timeNs: Math.max(0, keyframe.timeNs - 1e6) })),
    ];
    for (const edit of edits) {
      await using lying = await openSegmentedVideo(path, 2, edit);
      const segments = await makeInAnyOrder(copyTrackOf(lying));
      segments.forEach(({ bytes }, n) => assert.deepEqual(bytes, truth[n]!.bytes, `segment ${n}`));
    }
  });
});

describe('segments of encoded video', { skip }, () => {
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 2 });
  });
  after(() => engine[Symbol.asyncDispose]());

  it('encodes alone the segments that no player could begin at', async () => {
    const path = videoSourcePath(videoSourceNamed('h264-opengop'));
    const unknown: EditKeyframes = (keyframes) =>
      keyframes.map((one) => ({ ...one, isStartable: undefined }));
    await using video = await openSegmentedVideo(path, 2, unknown);
    const track = copyTrackOf(video, { get: () => engine });
    const segments = await makeInAnyOrder(track);
    const fragments = checkJoins(segments);
    const probed = await probeVideo(path);
    checkTimes(packetsOf(fragments, track), probed.packets, video);
    await checkDecoding(track, segments, probed.frames);
    const encoded = segments.filter(({ remarks }) => remarks.length > 0);
    assert.ok(encoded.length > 0 && encoded.length < segments.length);
  });

  for (const name of ['h264-opengop', 'h264-vfr', 'h264-late', 'hevc-opengop', 'vp9', 'mpeg2', 'mpeg4']) {
    it(`${name}: each frame once, at its time, and each segment alone`, async () => {
      const path = videoSourcePath(videoSourceNamed(name));
      await using video = await openSegmentedVideo(path, 2);
      const anchorTime = video.samples[0]!.presentationTime;
      const track = new VideoEncodeTrack(video.context, video.track, {
        anchorTime,
        engines: { get: () => engine },
      });
      const segments = await makeInAnyOrder(track);
      const fragments = checkJoins(segments);
      fragments.forEach(({ baseMediaDecodeTime }, n) =>
        assert.ok(
          n === 0 || baseMediaDecodeTime === track.timing.starts[n],
          `segment ${n} begins by the plan`,
        ),
      );
      const syncSamples = fragments.map(({ samples }) =>
        samples.filter(({ flags }) => (flags & 0x10000) === 0),
      );
      assert.ok(
        syncSamples.some(({ length }) => length === 2),
        'some are made in two parts',
      );
      const probed = await probeVideo(path);
      checkTimes(packetsOf(fragments, track), probed.packets, video);
      await checkDecoding(track, segments, probed.frames);
    });
  }
});

function copyTrackOf(video: SegmentedVideo, engines = noEngines): VideoCopyTrack {
  const anchorTime = video.samples[0]!.presentationTime;
  return new VideoCopyTrack(video.context, video.track, {
    configuration: configurationOf(video),
    anchorTime,
    engines,
  });
}

async function probeVideo(path: string): Promise<ProbedStream> {
  return (await probe(path)).find(({ type }) => type === 'video')!;
}

/** What ffmpeg makes of the source's packets when it takes their SEI out: the fixture has no other in these pictures. */
async function hashesWithoutRecoveryPoints(path: string): Promise<string[]> {
  const stripped = join(folder, 'stripped.mkv');
  const plain = (await probeVideo(path)).packets;
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y', '-i', path, '-c', 'copy'],
    ...['-bsf:v', 'filter_units=remove_types=6', stripped],
  ]);
  const without = (await probeVideo(stripped)).packets;
  // The first IDR picture's, the encoder's settings, stay.
  return without.map(({ hash }, i) => (i === 0 ? plain[0]!.hash : hash));
}

/** Makes all segments twice: backwards and one by one, and forwards all at once. */
async function makeInAnyOrder(track: SegmentTrack): Promise<SegmentFile[]> {
  const numbers = track.timing.starts.map((_, n) => n);
  assert.ok(numbers.length >= 3, `only ${numbers.length} segments`);
  const backwards: SegmentFile[] = [];
  for (const n of numbers.toReversed()) backwards.unshift(await segmentOf(track, n));
  const atOnce = await Promise.all(numbers.map((n) => segmentOf(track, n)));
  backwards.forEach(({ bytes }, n) => assert.deepEqual(bytes, atOnce[n]!.bytes, `segment ${n} again`));
  return backwards;
}

/** Each segment begins where the one before ends, with a picture that a player can begin at. */
function checkJoins(segments: readonly SegmentFile[]): Mp4TrackFragment[] {
  const fragments = segments.map(({ bytes }) => readFragment(bytes));
  fragments.forEach(({ baseMediaDecodeTime, samples }, n) => {
    // The first begins with its first picture; where that comes late, at zero.
    const [first] = samples;
    const start = n === 0 ? baseMediaDecodeTime : segments[n - 1]!.endTicks;
    assert.equal(baseMediaDecodeTime, start, `start of segment ${n}`);
    if (n === 0) assert.ok(baseMediaDecodeTime === 0 || first!.compositionOffset === 0);
    const lasts = samples.reduce((sum, { duration }) => sum + duration, 0);
    assert.equal(baseMediaDecodeTime + lasts, segments[n]!.endTicks, `end of segment ${n}`);
    assert.equal(samples[0]!.flags & 0x10000, 0, `segment ${n} begins with a sync sample`);
    assert.ok(samples.every(({ duration, compositionOffset }) => duration > 0 && compositionOffset >= 0));
  });
  return fragments;
}

function readFragment(bytes: Uint8Array): Mp4TrackFragment {
  const boxes = readBoxes(bytes);
  assert.deepEqual(
    boxes.map(({ type }) => type),
    ['styp', 'moof', 'mdat'],
  );
  return readTrackFragments(bytes, boxes[1]!)[0]!;
}

function packetsOf(fragments: readonly Mp4TrackFragment[], track: SegmentTrack): ProbedPacket[] {
  return fragments.flatMap(({ samples }) =>
    samples.map(({ data, decodeTime, compositionOffset }) => {
      const hash = `MD5:${createHash('md5').update(data).digest('hex')}`;
      return { time: (decodeTime + compositionOffset) / track.timing.timescale, size: data.length, hash };
    }),
  );
}

/** All pictures are shown when the source shows them, within the source's own rounding to a millisecond. */
function checkTimes(
  made: readonly ProbedPacket[],
  probed: readonly ProbedPacket[],
  { context }: SegmentedVideo,
): void {
  const { ticks, timescale } = context.origin;
  const timesOf = (packets: readonly ProbedPacket[]): number[] =>
    packets.map(({ time }) => time).sort((a, b) => a - b);
  const wanted = timesOf(probed).map((time) => time - ticks / timescale);
  const times = timesOf(made);
  assert.equal(times.length, wanted.length, 'pictures');
  times.forEach((time, i) =>
    assert.ok(Math.abs(time - wanted[i]!) < 0.00102, `picture ${i} is shown at ${time}, not at ${wanted[i]}`),
  );
}

/** Every segment decodes alone, and all of them together, without a message from ffmpeg. */
async function checkDecoding(
  track: SegmentTrack,
  segments: readonly SegmentFile[],
  frames: number,
): Promise<void> {
  const init = await initSegmentOf(track);
  for (const [n, { bytes }] of segments.entries()) {
    assert.deepEqual(
      await decodingMessages(fileOf([init, bytes]), ['0'], 'warning'),
      [],
      `segment ${n} alone`,
    );
  }
  const whole = [init, ...segments.map(({ bytes }) => bytes)];
  assert.deepEqual(await decodingMessages(fileOf(whole), ['0'], 'warning'), []);
  assert.equal((await probe(fileOf(whole)))[0]!.frames, frames);
}

function fileOf(parts: readonly Uint8Array[]): string {
  const path = join(folder, 'joined.mp4');
  writeFileSync(path, joinBytes(parts));
  return path;
}
