import assert from 'node:assert/strict';
import process from 'node:process';
import { after, before, describe, it } from 'node:test';
import { RequestError, UnsupportedMediaError } from '../src/errors.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { SynthesizedTrack } from '../src/engine/synthesis.js';
import { videoConfigurationOf } from '../src/engine/video-configuration.js';
import { encodeVideo, MAX_JOB_PACKETS, type EncodedVideo } from '../src/engine/video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import { seededRandom } from './support/seeded-random.js';
import { jobOf, makeVideo } from './support/stamped-video.js';

/** Noise: every job runs into the cap of its bit rate, where an encoder's threads would show. */
const NOISE = 'testsrc2=size=320x180:rate=25,noise=alls=40:allf=t:all_seed=1,format=yuv420p';
const OUTPUT = { ...DEFAULT_VIDEO_OUTPUT, maxBitRate: 300_000 };

describe('video jobs under bad conditions', () => {
  let pool: EnginePool;
  let track: SynthesizedTrack;
  before(async () => {
    pool = createEnginePool({ size: 2 });
    track = await makeVideo(pool, {
      encoder: 'libx264',
      source: NOISE,
      gop: 20,
      options: { preset: 'veryfast', 'x264-params': 'bframes=3:scenecut=0:open-gop=0' },
    });
  });
  after(() => pool[Symbol.asyncDispose]());
  const job = (): ReturnType<typeof jobOf> => jobOf(track, { codec: 'h264' }, OUTPUT);

  it('make the same bytes, one after the other and side by side', async () => {
    const alone = await encodeVideo(pool, job());
    const together = await Promise.all([1, 2, 3, 4].map(() => encodeVideo(pool, job())));
    for (const encoded of together) assert.deepEqual(encoded.samples, alone.samples);
  });

  it('make the same bytes with more of the source before and behind the range', async () => {
    const { packets } = job();
    const cut = packets.findIndex(({ presentationTime }) => presentationTime === 20);
    assert.ok(packets[cut]!.isKey);
    for (const [range, lean] of [
      [{ startTicks: 0, endTicks: 20 }, packets.slice(0, cut)],
      [{ startTicks: 20, endTicks: 50 }, packets.slice(cut)],
    ] as const) {
      const wanted = await encodeVideo(pool, { ...job(), ...range, packets: lean });
      const encoded = await encodeVideo(pool, { ...job(), ...range });
      assert.deepEqual(encoded.samples, wanted.samples);
    }
  });

  it('keep to the cap of the bit rate, so that a row of short ones does', async () => {
    const { samples } = await encodeVideo(pool, job());
    const bits = 8 * samples.reduce((sum, { data }) => sum + data.byteLength, 0);
    const seconds = 2;
    assert.ok(bits < 1.2 * seconds * OUTPUT.maxBitRate, `${bits} bits in ${seconds} s`);
  });

  it('make the same bytes when their engine is killed', async () => {
    const wanted = await encodeVideo(pool, job());
    await using mortal = createEnginePool({ size: 1 });
    await mortal.ready();
    const running = encodeVideo(mortal, job());
    assert.equal(mortal.stats.jobsRunning, 1);
    process.kill(mortal.stats.pids[0]!, 'SIGKILL');
    assert.deepEqual((await running).samples, wanted.samples);
    assert.equal(mortal.stats.restarts, 1);
  });

  it('end when they are cancelled, and leave the engine to others', async () => {
    await using small = createEnginePool({ size: 1, graceMs: 1 });
    await small.ready();
    const controller = new AbortController();
    const long = { ...job(), output: { ...OUTPUT, preset: 'medium' as const } };
    const running = encodeVideo(small, long, { signal: controller.signal });
    controller.abort(new RangeError('the viewer left'));
    await assert.rejects(running, /the viewer left/);
    const next = await encodeVideo(small, job());
    assert.equal(next.samples.length, 50);
  });

  it('pass over what cannot be decoded, and invent nothing', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(`video ${seed}`);
      const { packets, ...rest } = job();
      const damaged = packets.map((packet) => ({ ...packet, data: damage(packet.data, random) }));
      const encoded = await encodeVideo(pool, { ...rest, packets: damaged });
      const times = timesOf(encoded);
      assert.equal(new Set(times).size, times.length);
      for (const time of times) assert.ok(time >= 0 && time < 50);
    }
  });

  it('count packets that are garbage, and show all others', async () => {
    const intra = await makeVideo(pool, { encoder: 'mjpeg', source: NOISE, pixelFormat: 'yuvj420p' });
    const { packets, ...rest } = jobOf(intra, { codec: 'mjpeg' }, OUTPUT);
    const broken = packets.map((packet) => {
      const isBroken = packet.presentationTime % 10 === 3;
      return isBroken ? { ...packet, data: new Uint8Array(packet.data.byteLength).fill(0x55) } : packet;
    });
    const empty = broken.map((packet) =>
      packet.presentationTime === 7 ? { ...packet, data: new Uint8Array(0) } : packet,
    );
    const encoded = await encodeVideo(pool, { ...rest, packets: empty });
    const wanted = packets.map(({ presentationTime }) => presentationTime);
    assert.deepEqual(
      timesOf(encoded),
      wanted.filter((time) => time % 10 !== 3 && time !== 7),
    );
    assert.equal(encoded.decodeErrors, 6);
    // Another job counts what lies outside the range.
    const part = await encodeVideo(pool, { ...rest, packets: empty, startTicks: 20, endTicks: 30 });
    assert.equal(part.decodeErrors, 1);
  });

  it('give no picture where none can be decoded, and the parameter sets all the same', async () => {
    const { packets, ...rest } = job();
    const garbage = packets.map((packet) => ({ ...packet, data: Uint8Array.of(1, 2, 3, 4) }));
    const encoded = await encodeVideo(pool, { ...rest, packets: garbage });
    assert.deepEqual(encoded.samples, []);
    const { avcC } = await videoConfigurationOf(pool, rest.decoder, OUTPUT);
    assert.deepEqual(encoded.avcC, avcC);
  });

  it('refuse what makes no sense, before an engine is asked', async () => {
    const { jobsDone } = pool.stats;
    const packet = job().packets[0]!;
    const many = Array.from({ length: MAX_JOB_PACKETS + 1 }, () => packet);
    const refused = [
      { ...job(), packets: many },
      { ...job(), startTicks: 5, endTicks: 4 },
      { ...job(), startTicks: Number.NaN },
      { ...job(), timescale: 0 },
      { ...job(), decoder: { ...job().decoder, width: 0 } },
      { ...job(), decoder: { ...job().decoder, height: 40_000 } },
    ];
    for (const bad of refused) await assert.rejects(encodeVideo(pool, bad), RequestError);
    assert.equal(pool.stats.jobsDone, jobsDone);
  });

  it('say that a codec or its configuration cannot be decoded', async () => {
    const unknown = { ...job(), decoder: { ...job().decoder, codec: 'unknown', codecTag: 'V_WHATEVER' } };
    await assert.rejects(encodeVideo(pool, unknown), (error) => {
      assert.ok(error instanceof UnsupportedMediaError);
      assert.match(error.message, /V_WHATEVER/);
      return true;
    });
    const theora = {
      ...job(),
      decoder: { ...job().decoder, codec: 'theora', codecPrivate: Uint8Array.of(1) },
    };
    await assert.rejects(encodeVideo(pool, theora), UnsupportedMediaError);
  });
});

function timesOf({ samples }: EncodedVideo): number[] {
  return samples.map(({ presentationTicks }) => presentationTicks).sort((a, b) => a - b);
}

/** Some bytes changed, or a part missing, in about half of the packets. */
function damage(data: Uint8Array, random: (below: number) => number): Uint8Array {
  const kind = random(4);
  if (kind < 2) return data;
  if (kind === 2) return data.subarray(0, random(data.byteLength));
  const changed = data.slice();
  for (let i = 0; i < 8; i++) changed[random(changed.byteLength)] = random(256);
  return changed;
}
