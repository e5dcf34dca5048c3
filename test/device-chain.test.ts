import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ChainReport } from '../src/engine/device-chain.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { SynthesizedTrack } from '../src/engine/synthesis.js';
import type { VideoDevice } from '../src/engine/video-device.js';
import { encodeVideo, type EncodeVideoJob } from '../src/engine/video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import { jobOf, makeVideo, stampedSource, stampsOf, syncTimesOf, timesOf } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';
import { missingVulkan } from './support/vulkan.js';

const WHAT = "frames that stay in a device's memory";
const skip = missingTools(WHAT, 'ffmpeg') || missingVulkan(WHAT);

/** Vulkan in the place of hardware, in kinds with a fault of their own: see there. */
const entry = new URL('./support/stand-in-chain-engine.js', import.meta.url);

describe('a chain that stays in the memory of a device', { skip }, () => {
  let engines: EnginePool;
  /** Whether each job on hardware was asked of the chain. */
  const asked: boolean[] = [];
  let pool: EnginePool;
  let track: SynthesizedTrack;
  before(async () => {
    engines = createEnginePool({ size: 2, entry });
    pool = recording(engines, asked);
    track = await makeVideo(pool, {
      encoder: 'libvpx',
      source: stampedSource(),
      gop: 20,
      bitRate: 2_000_000,
      options: { deadline: 'realtime', 'cpu-used': '8' },
    });
  });
  after(() => engines[Symbol.asyncDispose]());

  // VP8 has one kind of pictures only to be tried.
  const job = (encoder: VideoDevice | 'libx264'): EncodeVideoJob => ({
    ...jobOf(track, { codec: 'vp8' }, { ...DEFAULT_VIDEO_OUTPUT, encoder }),
    ...{ startTicks: 5, endTicks: 45, keyframeTicks: [30] },
  });
  /** What trying the chains of a codec told. */
  const tried = async (device: VideoDevice, codec = 'vp8'): Promise<Record<string, ChainReport>> => {
    assert.equal((await pool.videoEncoders.report(device)).isWorking, true);
    const reports = await pool.videoEncoders.chains.reports(device, codec);
    return Object.fromEntries(reports.map((report) => [report.variant, report]));
  };

  it('is used once its test pictures were right, and makes what the processor makes', async () => {
    const { plain } = await tried('nvenc');
    assert.equal(plain?.isWorking, true, plain?.detail);
    assert.match(plain.detail, /^48 test pictures in \d+ ms, off by [0-2]\.\d of 255 at most$/);
    asked.length = 0;
    const made = await encodeVideo(pool, job('nvenc'));
    assert.deepEqual(asked, [true]);
    const wanted = await encodeVideo(pool, job('libx264'));
    assert.match(made.encoder, /profile=main/);
    assert.deepEqual(made.remarks, []);
    assert.deepEqual(made.avcC, wanted.avcC);
    assert.deepEqual(timesOf(made), timesOf(wanted));
    assert.deepEqual(syncTimesOf(made), [5, 30]);
    assert.deepEqual(
      await stampsOf(made),
      Array.from({ length: 40 }, (_, i) => 5 + i),
    );
  });

  it('is not used for pictures that it was not right with', async () => {
    const { plain, interlaced } = await tried('qsv', 'h264');
    assert.equal(plain?.isWorking, true, plain?.detail);
    assert.match(
      interlaced?.detail ?? '',
      /^Its picture at \d+ differs by [34]\.\d on average from the proc/,
    );
    const matrix = (await tried('videotoolbox', 'h264'))['interlaced'];
    assert.match(matrix?.detail ?? '', /^Its picture at \d+ differs by 1?\d\.\d on average from the proc/);
    const late = await tried('qsv', 'mpeg2video');
    assert.deepEqual(Object.keys(late), ['plain']);
    assert.match(late['plain']?.detail ?? '', /^At time \d+ it shows the picture of \d+$/);
  });

  for (const [device, fault] of [
    ['qsv', 'loses a picture'],
    ['videotoolbox', 'leaves the device without a word'],
  ] as const) {
    it(`is given up where it ${fault}, and not asked again`, async () => {
      assert.equal((await tried(device))['plain']?.isWorking, true);
      const wanted = await encodeVideo(pool, job('libx264'));
      asked.length = 0;
      for (let i = 0; i < 2; i++) {
        const made = await encodeVideo(pool, job(device));
        assert.match(made.encoder, /profile=main/);
        assert.deepEqual(timesOf(made), timesOf(wanted));
        assert.deepEqual(made.remarks, []);
      }
      assert.deepEqual(asked, [true, false, false]);
    });
  }

  it('is helped out by the processor and the same encoder where it dies', async () => {
    assert.equal((await tried('vaapi'))['plain']?.isWorking, true);
    const made = await encodeVideo(pool, job('vaapi'));
    assert.match(made.encoder, /profile=main/);
    assert.equal(timesOf(made).length, 40);
    assert.deepEqual(made.remarks, ['Decoding by vaapi failed: The engine died (signal SIGKILL)']);
  });

  it('leaves damage to the processor', async () => {
    await tried('nvenc');
    const damaged = (encoder: 'nvenc' | 'libx264'): EncodeVideoJob => {
      const whole = job(encoder);
      const packets = whole.packets.map((packet, i) =>
        i === 24 ? { ...packet, data: new Uint8Array(100) } : packet,
      );
      return { ...whole, decoder: { ...whole.decoder, color: BT709 }, packets };
    };
    asked.length = 0;
    const made = await encodeVideo(pool, damaged('nvenc'));
    const wanted = await encodeVideo(pool, damaged('libx264'));
    assert.deepEqual(asked, [true, false]);
    assert.deepEqual(made.remarks, []);
    assert.deepEqual(timesOf(made), timesOf(wanted));
    assert.equal(wanted.decodeErrors, 1);
    assert.equal(made.decodeErrors, 1);
  });
});

const BT709 = { primaries: 1, transfer: 1, matrix: 1, fullRange: false };

/** The same pool, of whose jobs on hardware it is written down whether they were asked of a chain. */
function recording(pool: EnginePool, asked: boolean[]): EnginePool {
  return {
    ready: () => pool.ready(),
    remember: (key, ask) => pool.remember(key, ask),
    onSpare: (listener) => pool.onSpare(listener),
    run: (request, options) => {
      if (request.kind === 'encodeVideo' && 'device' in request.meta) asked.push('chain' in request.meta);
      return pool.run(request, options);
    },
    get stats() {
      return pool.stats;
    },
    videoEncoders: pool.videoEncoders,
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
