import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { SynthesizedTrack } from '../src/engine/synthesis.js';
import { VIDEO_DEVICES, type VideoDevice } from '../src/engine/video-device.js';
import { encodeVideo, type EncodeVideoJob } from '../src/engine/video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import { VideoEncodeTrack } from '../src/pipelines/segment/video-encode-track.js';
import { byTurns, STAND_IN_ENGINE, type MadeByTurns } from './support/by-turns.js';
import { joinBytes } from './support/read-stream.js';
import { initSegmentOf, openSegmentedVideo, segmentOf } from './support/segmented-video.js';
import {
  jobOf,
  makeVideo,
  pipeThrough,
  stampsOf,
  syncTimesOf,
  timesOf,
  stampedSource,
} from './support/stamped-video.js';
import { missingTools } from './support/tools.js';
import { videoSourceNamed, videoSourcePath } from './support/video-sources.js';

const skip = missingTools('video of several encoders', 'ffmpeg', 'ffprobe');

/** Stand-ins for hardware, each with a fault of its own: see there. */
const entry = STAND_IN_ENGINE;

describe('hardware encoders', { skip }, () => {
  let pool: EnginePool;
  let track: SynthesizedTrack;
  before(async () => {
    pool = createEnginePool({ size: 2, entry });
    track = await makeVideo(pool, {
      encoder: 'libx264',
      source: stampedSource(),
      gop: 20,
      options: { preset: 'veryfast' },
    });
  });
  after(() => pool[Symbol.asyncDispose]());

  const job = (encoder: VideoDevice | 'libx264', startTicks = 0, endTicks = 50): EncodeVideoJob => ({
    ...jobOf(track, { codec: 'h264' }, { ...DEFAULT_VIDEO_OUTPUT, encoder }),
    startTicks,
    endTicks,
    keyframeTicks: [30],
  });

  it('make each picture once, at its time, under the same declaration as x264', async () => {
    const [device, software] = await Promise.all(
      (['nvenc', 'libx264'] as const).map((encoder) => encodeVideo(pool, job(encoder))),
    );
    assert.match(device!.encoder, /profile=main/);
    assert.deepEqual(device!.avcC, software!.avcC);
    assert.deepEqual(device!.remarks, []);
    assert.deepEqual(await stampsOf(device!), numbers(0, 50));
    assert.deepEqual(timesOf(device!), timesOf(software!));
    assert.deepEqual(syncTimesOf(device!), [0, 30]);
    // Delimiters, filler and the encoder's messages about itself are left out; parameter sets stand before IDR pictures.
    const types = device!.samples.flatMap(({ data }) => nalTypesOf(data));
    assert.deepEqual([...new Set(types)].sort(), [1, 5, 6, 7, 8]);
    assert.equal(types.filter((type) => type === 7).length, 2);
  });

  it('take turns with x264 in one stream, of which no picture is lost', async () => {
    const encoders = ['libx264', 'nvenc', 'libx264', 'nvenc', 'nvenc'] as const;
    const parts = await Promise.all(
      encoders.map((encoder, i) => encodeVideo(pool, job(encoder, i * 10, i * 10 + 10))),
    );
    const joined = { ...parts[0]!, samples: parts.flatMap(({ samples }) => samples) };
    assert.deepEqual(await stampsOf(joined), numbers(0, 50));
  });

  it('take turns with x264 in the segments of one rendition, under one init segment', async () => {
    const made: MadeByTurns = { device: 0, x264: 0 };
    const engines = byTurns(pool, made);
    await using video = await openSegmentedVideo(videoSourcePath(videoSourceNamed('mpeg2')), 2);
    const { presentationTime: anchorTime } = video.samples[0]!;
    const track = new VideoEncodeTrack(video.context, video.track, {
      anchorTime,
      engines: { get: () => engines },
    });
    const parts = [await initSegmentOf(track)];
    for (const number of track.timing.starts.keys()) parts.push((await segmentOf(track, number)).bytes);
    assert.ok(made.device >= 2 && made.x264 >= 2, JSON.stringify(made));
    const report = await pipeThrough('ffprobe', joinBytes(parts), [
      ...['-v', 'warning', '-count_frames', '-show_entries', 'stream=nb_read_frames,codec_tag_string'],
      ...['-of', 'csv=p=0', 'pipe:0'],
    ]);
    assert.equal(new TextDecoder().decode(report).trim(), `avc1,${video.samples.length}`);
  });

  for (const [device, why] of [
    ['videotoolbox', /^videotoolbox failed: The encoder made no IDR picture where one was asked for$/],
    ['qsv', /^qsv failed: The engine died \(signal SIGKILL\)$/],
  ] as const) {
    it(`are helped out by x264 where they fail in mid-job: ${device}`, async () => {
      const wanted = await encodeVideo(pool, job('libx264'));
      const encoded = await encodeVideo(pool, job(device));
      assert.deepEqual(encoded.samples, wanted.samples);
      assert.equal(encoded.remarks.length, 1);
      assert.match(encoded.remarks[0]!, why);
      assert.equal((await pool.videoEncoders.report(device)).isWorking, true);
    });
  }

  it('are helped out where they hang, and the engine is replaced', async () => {
    const impatient = createEnginePool({ size: 1, entry });
    await using own = withDeadlines(impatient, 300);
    const encoded = await encodeVideo(own, job('vaapi'));
    assert.deepEqual(timesOf(encoded), numbers(0, 50));
    assert.match(encoded.remarks[0]!, /^vaapi failed: The engine was stopped: .* deadline/);
    assert.equal(impatient.stats.restarts, 1);
  });

  it('are not asked again for pictures that are more than was declared', async () => {
    // The trials are asked for beforehand, so that only the jobs themselves are counted.
    await Promise.all(VIDEO_DEVICES.map((device) => pool.videoEncoders.chains.reports(device, 'h264')));
    for (const jobs of [2, 1]) {
      const { jobsDone } = pool.stats;
      await pool.videoEncoders.report('amf');
      const asked = pool.stats.jobsDone - jobsDone;
      const encoded = await encodeVideo(pool, job('amf'));
      assert.match(encoded.encoder, /profile=high/);
      assert.equal(pool.stats.jobsDone - jobsDone - asked, jobs);
    }
  });

  it('that are not there say what is missing, and harm no job', async () => {
    await using own = createEnginePool({ size: 1 });
    for (const device of VIDEO_DEVICES) {
      const { isWorking, detail } = await own.videoEncoders.report(device);
      if (!isWorking) assert.ok(detail.length > 20, detail);
    }
    const encoded = await encodeVideo(own, job('v4l2'));
    assert.deepEqual(timesOf(encoded), numbers(0, 50));
    assert.equal(own.stats.restarts, 0);
  });
});

/** The same pool, whose jobs on hardware may run for a moment only. */
function withDeadlines(pool: EnginePool, deadlineMs: number): EnginePool {
  return {
    ready: () => pool.ready(),
    remember: (key, ask) => pool.remember(key, ask),
    onSpare: (listener) => pool.onSpare(listener),
    run: (request, options) =>
      pool.run(
        request,
        'device' in request.meta && request.kind === 'encodeVideo' ? { ...options, deadlineMs } : options,
      ),
    get stats() {
      return pool.stats;
    },
    videoEncoders: pool.videoEncoders,
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Types of the NAL units of a sample. */
function nalTypesOf(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const types: number[] = [];
  for (let at = 0; at < data.byteLength; at += 4 + view.getUint32(at)) types.push(data[at + 4]! & 0x1f);
  return types;
}
