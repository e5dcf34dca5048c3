import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RequestError, UnsupportedMediaError } from '../errors.js';
import {
  audioJobSpan,
  decoderPreRollMs,
  DEFAULT_AUDIO_OUTPUT,
  encodeAudio,
  FRAME_SAMPLES,
  SURROUND_AUDIO_OUTPUT,
  type AudioDecoderConfig,
  type AudioOutput,
  type AudioPacket,
  type EncodeAudioJob,
  type EncodedAudio,
} from './audio-job.js';
import { createEnginePool, type EnginePool } from './pool.js';
import { AudioCollector } from './process/audio-collector.js';
import { AudioDecoder } from './process/audio-decoder.js';
import { synthesizePackets, type SynthesizedAudio, type SynthesizedTrack } from './synthesis.js';

/** Noise without what lies above 6 kHz, so that every codec keeps its shape. */
const NOISE = 'anoisesrc=seed=5:amplitude=0.25:sample_rate=48000,lowpass=f=6000,lowpass=f=6000';

/** A track to decode: what its packets are, and how it was made. */
interface Case {
  readonly codec: string;
  readonly made: SynthesizedAudio;
  readonly channels: number;
  readonly bitDepth?: number;
  /** Samples by which the encoder's own delay shifts its sound, where it does not say so in its packet times. */
  readonly encoderDelay?: number;
}

function madeBy(encoder: string, sampleRate: number, layout: string, more = {}): SynthesizedAudio {
  return { encoder, source: NOISE, sampleRate, layout, ...more };
}

const CASES: readonly Case[] = [
  { codec: 'pcm_s16le', made: madeBy('pcm_s16le', 44_100, 'stereo'), channels: 2, bitDepth: 16 },
  { codec: 'pcm_f32le', made: madeBy('pcm_f32le', 96_000, 'stereo'), channels: 2, bitDepth: 32 },
  { codec: 'pcm_s24le', made: madeBy('pcm_s24le', 22_050, 'mono'), channels: 1, bitDepth: 24 },
  { codec: 'pcm_alaw', made: madeBy('pcm_alaw', 16_000, 'mono'), channels: 1 },
  { codec: 'adpcm_ms', made: madeBy('adpcm_ms', 44_100, 'stereo'), channels: 2, bitDepth: 4 },
  { codec: 'ac3', made: madeBy('ac3', 48_000, '5.1', { bitRate: 448_000 }), channels: 6 },
  { codec: 'ac3', made: madeBy('ac3', 44_100, 'stereo', { bitRate: 192_000 }), channels: 2 },
  { codec: 'eac3', made: madeBy('eac3', 48_000, '5.1', { bitRate: 448_000 }), channels: 6 },
  {
    codec: 'dts',
    made: madeBy('dca', 48_000, '5.1(side)', { bitRate: 768_000 }),
    channels: 6,
    // `ffmpeg -c:a dca` then decoding shows the same 512 samples: its encoder declares no delay.
    encoderDelay: 512,
  },
  { codec: 'truehd', made: madeBy('truehd', 48_000, '5.1(side)'), channels: 6 },
  { codec: 'mlp', made: madeBy('mlp', 48_000, 'stereo'), channels: 2 },
  { codec: 'flac', made: madeBy('flac', 44_100, 'stereo'), channels: 2 },
  { codec: 'alac', made: madeBy('alac', 48_000, '5.1'), channels: 6 },
  { codec: 'wavpack', made: madeBy('wavpack', 44_100, 'stereo'), channels: 2 },
  { codec: 'opus', made: madeBy('libopus', 48_000, 'stereo', { bitRate: 160_000 }), channels: 2 },
  { codec: 'opus', made: madeBy('libopus', 48_000, '5.1', { bitRate: 320_000 }), channels: 6 },
  { codec: 'vorbis', made: madeBy('libvorbis', 44_100, 'stereo'), channels: 2 },
  { codec: 'mp2', made: madeBy('mp2', 48_000, 'stereo', { bitRate: 256_000 }), channels: 2 },
  { codec: 'mp3', made: madeBy('libmp3lame', 44_100, 'stereo', { bitRate: 192_000 }), channels: 2 },
  { codec: 'aac', made: madeBy('aac', 44_100, 'stereo', { bitRate: 192_000 }), channels: 2 },
  { codec: 'wmav2', made: madeBy('wmav2', 44_100, 'stereo', { bitRate: 192_000 }), channels: 2 },
];

const SECONDS = 5;

describe('audio jobs', () => {
  let pool: EnginePool;
  before(() => {
    pool = createEnginePool({ size: 2 });
  });
  after(() => pool[Symbol.asyncDispose]());

  const make = async (audio: SynthesizedAudio, seconds = SECONDS): Promise<SynthesizedTrack> => {
    const [track] = await synthesizePackets(pool, { durationMs: seconds * 1000, audio: [audio] });
    return track!;
  };
  const eac3 = (source: string, layout = '5.1'): Promise<SynthesizedTrack> =>
    make({ encoder: 'eac3', source, sampleRate: 48_000, layout, bitRate: 448_000 });

  for (const tried of CASES) {
    const { codec, made, channels, bitDepth, encoderDelay = 0 } = tried;
    it(`places ${codec} (${made.layout}, ${made.sampleRate} Hz) to the sample, and alike in every job`, async () => {
      const track = await make(made);
      const decoder = decoderOf(codec, track, { sampleRate: made.sampleRate, channels, bitDepth });
      const original = await make({ ...made, encoder: 'pcm_f32le', sampleRate: 48_000, layout: 'mono' });

      const { accessUnits, decodeErrors } = await encodeAudio(pool, jobOf(track, decoder, 0, 220));
      assert.equal(accessUnits.length, 220);
      assert.equal(decodeErrors, 0);
      const [left] = decodeAccessUnits(accessUnits, 2);
      const lag = findLag(floats(original), left!, 100_000);
      assert.ok(Math.abs(lag - encoderDelay) < 0.5, `lag ${lag}`);

      const whole = decodeSpan(track, decoder, -6144, 220 * FRAME_SAMPLES, Infinity);
      const from = 90 * FRAME_SAMPLES;
      const part = decodeSpan(track, decoder, from, from + 40 * FRAME_SAMPLES, decoderPreRollMs(codec));
      assert.equal(largestDifference(part[0]!, whole[0]!.subarray(from + 6144)), 0);
    });
  }

  it('make the same bytes in any order, alone or side by side', async () => {
    const track = await eac3(NOISE);
    const ranges = [0, 40, 80, 120, 160].map((first) => jobOf(track, eac3Decoder, first, 40));
    const once = await Promise.all(ranges.map((job) => encodeAudio(pool, job)));
    const again = await Promise.all(ranges.toReversed().map((job) => encodeAudio(pool, job)));
    assert.deepEqual(
      again.toReversed().map(({ accessUnits }) => accessUnits),
      once.map(({ accessUnits }) => accessUnits),
    );
  });

  it('make the same bytes however much more of the source they are given', async () => {
    const track = await eac3(NOISE);
    const lean = await encodeAudio(pool, jobOf(track, eac3Decoder, 100, 20));
    const rich = await encodeAudio(pool, { ...jobOf(track, eac3Decoder, 100, 20), packets: track.packets });
    assert.deepEqual(rich.accessUnits, lean.accessUnits);
  });

  for (const [name, source, layout] of [
    ['tone', 'sine=frequency=441:sample_rate=48000,volume=4', 'stereo'],
    ['noise', 'anoisesrc=seed=3:amplitude=0.3:sample_rate=48000', '5.1'],
    [
      'music',
      "aevalsrc='0.2*sin(2*PI*220*t)*exp(-4*mod(t,0.3))+0.2*sin(2*PI*659*t)*exp(-6*mod(t,0.2))':s=48000",
      'stereo',
    ],
  ] as const) {
    it(`join without a seam: ${name}`, async () => {
      const track = await eac3(source, layout);
      const decoder = { ...eac3Decoder, channels: layout === 'stereo' ? 2 : 6 };
      const joins = [30, 60, 90, 120, 150, 180];
      const parts = await Promise.all(
        [0, ...joins].map((first) => encodeAudio(pool, jobOf(track, decoder, first, 30))),
      );
      const [joined] = decodeAccessUnits(
        parts.flatMap((part) => part.accessUnits),
        2,
      );
      const [original] = decodeSpan(track, decoder, 0, 210 * FRAME_SAMPLES, Infinity);
      const { atJoins, elsewhere } = errorAtJoins(original!, joined!, joins);
      // 1.5 dB of tolerance: the mean of 24 frames is compared with that of 180.
      assert.ok(atJoins < elsewhere * 1.41, `${atJoins} at joins, ${elsewhere} elsewhere`);
    });
  }

  it('fill what is missing with silence: before, between, behind', async () => {
    const track = await make(madeBy('pcm_s16le', 48_000, 'stereo'));
    const decoder = decoderOf('pcm_s16le', track, { sampleRate: 48_000, channels: 2, bitDepth: 16 });
    // From 1.0 s to 2.0 s and from 3.0 s to 4.0 s.
    const packets = track.packets
      .slice(0, 2 * 47)
      .map((packet, i) => ({ ...packet, start: i * 1024 + (i < 47 ? 48_000 : 96_000) }));
    const { accessUnits, decodeErrors } = await encodeAudio(pool, {
      decoder,
      packets,
      timescale: 48_000,
      firstFrame: 0,
      frameCount: 220,
      output: DEFAULT_AUDIO_OUTPUT,
    });
    assert.equal(decodeErrors, 0);
    const [left] = decodeAccessUnits(accessUnits, 2);
    const loudness = (from: number, to: number): number => rms(left!.subarray(from * 48_000, to * 48_000));
    assert.ok(loudness(0, 0.95) < 1e-4);
    assert.ok(loudness(1.05, 1.95) > 0.01);
    assert.ok(loudness(2.1, 2.95) < 1e-4);
    assert.ok(loudness(3.05, 3.95) > 0.01);
    assert.ok(loudness(4.1, 4.6) < 1e-4);
  });

  it('are silent when there is nothing at all', async () => {
    const { accessUnits } = await encodeAudio(pool, {
      ...jobOf(undefined, eac3Decoder, 50, 10),
      packets: [],
    });
    assert.equal(accessUnits.length, 10);
    assert.ok(rms(decodeAccessUnits(accessUnits, 2)[0]!) < 1e-5);
  });

  it('leave out what DiscardPadding says, at the end or at the start of a packet', async () => {
    const track = await make(madeBy('pcm_s16le', 48_000, 'stereo'));
    const decoder = decoderOf('pcm_s16le', track, { sampleRate: 48_000, channels: 2, bitDepth: 16 });
    const packet = track.packets[3]!;
    const span = (discardPadding: number): Float32Array[] =>
      decodeSpan(
        { ...track, packets: [{ ...packet, start: 0, discardPadding }] },
        decoder,
        0,
        1024,
        Infinity,
      );
    const whole = span(0)[0]!;
    assert.deepEqual(span(24)[0], Float32Array.from([...whole.slice(0, 1000), ...new Float32Array(24)]));
    assert.deepEqual(span(-24)[0], Float32Array.from([...new Float32Array(24), ...whole.slice(24)]));
  });

  it('go through a change of format in the middle of a stream', async () => {
    const [surround, stereo] = await Promise.all([
      eac3(NOISE),
      make({ encoder: 'eac3', source: NOISE, sampleRate: 44_100, layout: 'stereo', bitRate: 192_000 }),
    ]);
    // 48 kHz 5.1 for two seconds, then 44.1 kHz stereo, on one timeline.
    const packets = [
      ...surround.packets.filter(({ start }) => start < 96_000 - 1536),
      ...stereo.packets
        .filter(({ start }) => start >= 88_200)
        .map((packet) => ({ ...packet, start: Math.round((packet.start * 48_000) / 44_100) })),
    ];
    const { accessUnits, decodeErrors } = await encodeAudio(pool, {
      ...jobOf(undefined, eac3Decoder, 0, 200),
      packets,
    });
    assert.equal(decodeErrors, 0);
    const [left] = decodeAccessUnits(accessUnits, 2);
    assert.ok(rms(left!.subarray(48_000, 90_000)) > 0.01);
    assert.ok(rms(left!.subarray(100_000, 190_000)) > 0.01);
  });

  it('make 5.1 whose channels are where they were', async () => {
    const tones = [300, 400, 500, 60, 700, 800];
    const source = `aevalsrc=exprs=${tones.map((pitch) => `0.3*sin(2*PI*${pitch}*t)`).join('|')}:channel_layout=5.1:sample_rate=48000`;
    const track = await eac3(source);
    const job = jobOf(track, eac3Decoder, 20, 60, SURROUND_AUDIO_OUTPUT);
    const { accessUnits, audioSpecificConfig } = await encodeAudio(pool, job);
    // ISO/IEC 14496-3, 1.6.2.1: AAC-LC (2), 48 kHz (3), channel configuration 6.
    assert.deepEqual([...audioSpecificConfig.subarray(0, 2)], [0x11, 0xb0]);
    const channels = decodeAccessUnits(accessUnits, 6);
    tones.forEach((pitch, channel) => {
      const levels = tones.map((other) => toneLevel(channels[channel]!.subarray(8192), other));
      assert.equal(levels.indexOf(Math.max(...levels)), tones.indexOf(pitch));
      assert.ok(Math.abs(levels[channel]! - 0.3) < 0.03, `channel ${channel}: ${levels[channel]}`);
    });
  });

  it('keep dialogue at its power in stereo, and do not clip when everything is at full scale', async () => {
    const dialogue = 'aevalsrc=exprs=0|0|0.25*sin(2*PI*440*t)|0|0|0:channel_layout=5.1:sample_rate=48000';
    const quiet = await encodeAudio(pool, jobOf(await eac3(dialogue), eac3Decoder, 20, 60));
    const [left, right] = decodeAccessUnits(quiet.accessUnits, 2);
    for (const channel of [left!, right!]) {
      assert.ok(Math.abs(toneLevel(channel.subarray(8192), 440) - 0.25 * Math.SQRT1_2) < 0.004);
    }
    const pcm = await make({
      encoder: 'pcm_f32le',
      source: `aevalsrc=exprs=${Array(6).fill('sin(2*PI*440*t)').join('|')}:channel_layout=5.1:sample_rate=48000`,
      sampleRate: 48_000,
      layout: '5.1',
    });
    const decoder = decoderOf('pcm_f32le', pcm, { sampleRate: 48_000, channels: 6, bitDepth: 32 });
    const loud = await encodeAudio(pool, jobOf(pcm, decoder, 0, 100));
    for (const channel of decodeAccessUnits(loud.accessUnits, 2)) {
      assert.ok(channel.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) < 1);
    }
  });

  it('survive random bytes in every decoder, and count what cannot be decoded', async () => {
    for (const { codec, made, channels, bitDepth } of CASES) {
      const track = await make(made, 1);
      const decoder = decoderOf(codec, track, { sampleRate: made.sampleRate, channels, bitDepth });
      const random = randomBytes(codec.length + channels);
      const noise = track.packets.map((packet) => ({ ...packet, data: random(packet.data.length) }));
      const damaged = track.packets.map((packet, i) => (i % 3 === 1 ? noise[i]! : packet));
      for (const packets of [noise, damaged]) {
        const result = await encodeAudio(pool, { ...jobOf(track, decoder, 0, 40), packets });
        assert.equal(result.accessUnits.length, 40);
      }
      // Decoder configuration that means nothing is refused or ignored; it must not take the engine down for good.
      const broken = { ...decoder, codecPrivate: random(40) };
      await encodeAudio(pool, { ...jobOf(track, broken, 0, 4), packets: noise }).catch(() => undefined);
    }
    const track = await eac3(NOISE);
    const packets = track.packets.map((packet) => ({ ...packet, data: new Uint8Array(100) }));
    const { decodeErrors } = await encodeAudio(pool, { ...jobOf(track, eac3Decoder, 0, 47), packets });
    assert.ok(decodeErrors >= 30, String(decodeErrors));
  });

  it('are refused in one sentence when there is no decoder, or no such range', async () => {
    const decoder = { ...eac3Decoder, codec: 'unknown', codecTag: 'A_QUANTUM' };
    const packets = [{ start: 0, discardPadding: 0, data: new Uint8Array(10) }];
    await assert.rejects(
      encodeAudio(pool, { ...jobOf(undefined, decoder, 0, 10), packets }),
      (error: unknown) => {
        assert.ok(error instanceof UnsupportedMediaError);
        assert.match(error.message, /A_QUANTUM/);
        return true;
      },
    );
    for (const [first, count] of [
      [-1, 10],
      [0, 0],
      [0, 1e9],
      [0.5, 1],
    ] as const) {
      await assert.rejects(encodeAudio(pool, jobOf(undefined, eac3Decoder, first, count)), RequestError);
    }
  });

  it('come out the same when their engine is killed on the way', async () => {
    await using one = createEnginePool({ size: 1 });
    await one.ready();
    const track = await eac3(NOISE);
    const job = jobOf(track, eac3Decoder, 0, 220);
    const calm = await encodeAudio(one, job);
    const [pid] = one.stats.pids;
    const disturbed = encodeAudio(one, job);
    process.kill(pid!, 'SIGKILL');
    assert.deepEqual((await disturbed).accessUnits, calm.accessUnits);
    assert.equal(one.stats.restarts, 1);
    assert.notDeepEqual(one.stats.pids, [pid]);
  });
});

const eac3Decoder: AudioDecoderConfig = {
  codec: 'eac3',
  codecTag: 'A_EAC3',
  codecPrivate: undefined,
  sampleRate: 48_000,
  channels: 6,
  bitDepth: undefined,
};

function decoderOf(
  codec: string,
  track: SynthesizedTrack,
  stated: { sampleRate: number; channels: number; bitDepth: number | undefined },
): AudioDecoderConfig {
  return { codec, codecTag: codec, codecPrivate: track.codecPrivate, ...stated };
}

/** A job with the packets that it needs and no others. */
function jobOf(
  track: SynthesizedTrack | undefined,
  decoder: AudioDecoderConfig,
  firstFrame: number,
  frameCount: number,
  output: AudioOutput = DEFAULT_AUDIO_OUTPUT,
): EncodeAudioJob {
  const { startSample, endSample } = audioJobSpan(firstFrame, frameCount);
  return {
    decoder,
    packets:
      track === undefined ? [] : packetsIn(track, startSample, endSample, decoderPreRollMs(decoder.codec)),
    timescale: track?.timescale ?? 48_000,
    firstFrame,
    frameCount,
    output,
  };
}

function packetsIn(track: SynthesizedTrack, from: number, to: number, preRollMs: number): AudioPacket[] {
  const start = (from / 48_000 - preRollMs / 1000) * track.timescale;
  const end = (to / 48_000) * track.timescale;
  return track.packets.filter((packet) => packet.start + packet.duration > start && packet.start < end);
}

/** Decodes a stretch of a track as a job does, up to where it would be encoded. */
function decodeSpan(
  track: SynthesizedTrack,
  { codecPrivate, ...decoder }: AudioDecoderConfig,
  startSample: number,
  endSample: number,
  preRollMs: number,
): Float32Array[] {
  const packets = packetsIn(track, startSample - 1024, endSample + 1024, preRollMs);
  using collector = new AudioCollector({ startSample, endSample }, track.timescale, 2);
  using native = new AudioDecoder(
    decoder,
    codecPrivate ?? new Uint8Array(0),
    track.timescale,
    packets[0]!.data,
  );
  for (const { data, start, discardPadding } of packets) {
    collector.beginPacket(discardPadding);
    native.decode(data, start, collector);
    collector.endPacket(discardPadding);
  }
  native.drain(collector);
  return [...collector.collect().planes];
}

function decodeAccessUnits(accessUnits: EncodedAudio['accessUnits'], channels: 2 | 6): Float32Array[] {
  const track = {
    timescale: 48_000,
    codecPrivate: Uint8Array.of(0x11, channels === 2 ? 0x90 : 0xb0),
    packets: accessUnits.map((data, i) => ({
      start: i * FRAME_SAMPLES,
      duration: FRAME_SAMPLES,
      discardPadding: 0,
      isSync: true,
      data,
    })),
  };
  const { codecPrivate } = track;
  const decoder = { ...eac3Decoder, codec: 'aac', channels, codecPrivate };
  const span = { startSample: 0, endSample: accessUnits.length * FRAME_SAMPLES };
  using collector = new AudioCollector(span, 48_000, channels);
  using native = new AudioDecoder(decoder, codecPrivate, 48_000, new Uint8Array(0));
  for (const { data, start } of track.packets) assert.ok(native.decode(data, start, collector));
  native.drain(collector);
  return [...collector.collect().planes];
}

function floats(track: SynthesizedTrack): Float32Array {
  const samples = track.packets.map(({ data }) => new Float32Array(data.slice().buffer));
  const joined = new Float32Array(samples.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of samples) {
    joined.set(part, position);
    position += part.length;
  }
  return joined;
}

/** Finds by how many samples `coded` lies behind `original`, to a fraction of one. */
function findLag(original: Float32Array, coded: Float32Array, from: number): number {
  const reach = 1500;
  const correlation = new Float64Array(2 * reach + 1);
  for (let lag = -reach; lag <= reach; lag++) {
    for (let i = from; i < from + 8192; i++) correlation[lag + reach]! += original[i]! * coded[i + lag]!;
  }
  const best = correlation.indexOf(Math.max(...correlation));
  const [before, at, behind] = [correlation[best - 1]!, correlation[best]!, correlation[best + 1]!];
  return best - reach + (before - behind) / (2 * (before - 2 * at + behind));
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - b[i]!)), 0);
}

/** Mean energy of the error in the two frames before and behind each join, and in all others but the first and last. */
function errorAtJoins(
  original: Float32Array,
  coded: Float32Array,
  joins: readonly number[],
): { atJoins: number; elsewhere: number } {
  const sums = { atJoins: 0, elsewhere: 0 };
  const counts = { atJoins: 0, elsewhere: 0 };
  for (let frame = 4; frame < coded.length / FRAME_SAMPLES - 4; frame++) {
    const place = joins.some((join) => frame >= join - 2 && frame < join + 2) ? 'atJoins' : 'elsewhere';
    for (let i = frame * FRAME_SAMPLES; i < (frame + 1) * FRAME_SAMPLES; i++) {
      sums[place] += (coded[i]! - original[i]!) ** 2;
    }
    counts[place] += 1;
  }
  return { atJoins: sums.atJoins / counts.atJoins, elsewhere: sums.elsewhere / counts.elsewhere };
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Amplitude of a sine of this pitch in the samples. */
function toneLevel(samples: Float32Array, pitch: number): number {
  let real = 0;
  let imaginary = 0;
  const length = 48_000;
  for (let i = 0; i < length; i++) {
    real += samples[i]! * Math.cos((2 * Math.PI * pitch * i) / 48_000);
    imaginary += samples[i]! * Math.sin((2 * Math.PI * pitch * i) / 48_000);
  }
  return (2 * Math.hypot(real, imaginary)) / length;
}

function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = seed + 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state >> 8;
    });
}
