import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import {
  DEFAULT_AUDIO_OUTPUT,
  encodeAudio,
  FRAME_SAMPLES,
  type EncodedAudio,
} from '../src/engine/audio-job.js';
import { createFrameDuration } from '../src/codecs/frame-duration.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import type { SynthesizedAudio } from '../src/engine/synthesis.js';
import { openFile } from '../src/io/file.js';
import { AUDIO_SAMPLE_FLAGS } from '../src/isobmff/sample-flags.js';
import { audioDecoderOf } from '../src/pipelines/audio-decoding.js';
import { AudioEncodeTrack } from '../src/pipelines/segment/audio-encode-track.js';
import type { SegmentSamples, SegmentTrack } from '../src/pipelines/segment/segment-track.js';
import { fixturePath, PICTURES, type Fixture } from './support/fixtures.js';
import { readStream } from './support/read-stream.js';
import { seededRandom } from './support/seeded-random.js';
import {
  decodeAudio,
  joinSegments,
  makeAllSegments,
  openAudio,
  segmentBytes,
  type OpenedAudio,
} from './support/segmented-audio.js';

/** A tone that never stops, with two more so that stereo is heard. */
const TONE = ['0.3*sin(2*PI*997*t)', '0.25*sin(2*PI*441*t)+0.1*sin(2*PI*3001*t)'];

/** Chords that change each 0.7 s, each note swelling, over a noise that is the same each time. */
const CHORDS = [0, 1].map((channel) =>
  [0, 4, 7, 12, 16]
    .map((note) => {
      const pitch = `${220 * 2 ** ((note + channel * 2) / 12)}*pow(2\\,mod(floor(t/0.7)*5\\,12)/12)`;
      return `0.09*sin(2*PI*${pitch}*t)*exp(-2*mod(t+${note * 0.03}\\,0.7))`;
    })
    .concat(`0.02*sin(2*PI*7001*t*t*(1+${channel}))`)
    .join('+'),
);

/** A voice: pulses of 110 to 150 Hz through four formants, in syllables with pauses between. */
const VOICE = [0, 1].map((channel) => {
  const phase = 'mod(t*(130+20*sin(2*PI*0.6*t))\\,1)/130';
  const formants = [
    [620, 90, 0.5],
    [1210, 110, 0.3],
    [2550, 160, 0.15],
    [3400, 250, 0.08],
  ].map(
    ([pitch, width, gain]) =>
      `${gain}*exp(-${width! * 3}*${phase})*sin(2*PI*${pitch! * (1 + 0.1 * channel)}*${phase})`,
  );
  return `(${formants.join('+')})*pow(abs(sin(2*PI*1.7*t))\\,2)*lt(mod(t\\,2.3)\\,1.9)`;
});

const SOUNDS = { tone: TONE, chords: CHORDS, voice: VOICE };

const durationMs = 13_100;

function source(sound: keyof typeof SOUNDS, sampleRate: number): string {
  return `aevalsrc=exprs=${SOUNDS[sound].join('|')}:channel_layout=stereo:sample_rate=${sampleRate}`;
}

/** Codecs whose tracks are encoded, as the issue names them. */
const CODECS: readonly (Omit<SynthesizedAudio, 'source' | 'layout'> & { readonly name: string })[] = [
  { name: 'eac3', encoder: 'eac3', sampleRate: 48_000, bitRate: 256_000 },
  { name: 'ac3', encoder: 'ac3', sampleRate: 48_000, bitRate: 256_000 },
  { name: 'dts', encoder: 'dca', sampleRate: 48_000, bitRate: 768_000 },
  { name: 'truehd', encoder: 'truehd', sampleRate: 48_000 },
  { name: 'flac', encoder: 'flac', sampleRate: 48_000 },
  { name: 'flac441', encoder: 'flac', sampleRate: 44_100 },
  { name: 'opus', encoder: 'libopus', sampleRate: 48_000, bitRate: 128_000 },
];

function fixtureOf(codec: (typeof CODECS)[number], sound: keyof typeof SOUNDS): Fixture {
  const { name, ...audio } = codec;
  return {
    name: `seams-${name}-${sound}`,
    spec: {
      durationMs,
      video: [PICTURES.h264],
      audio: [{ ...audio, source: source(sound, codec.sampleRate), layout: 'stereo' }],
    },
  };
}

let pool: EnginePool;
let otherPool: EnginePool;
before(async () => {
  pool = createEnginePool({ size: 2 });
  otherPool = createEnginePool({ size: 1 });
  await pool.ready();
});
after(async () => {
  await pool[Symbol.asyncDispose]();
  await otherPool[Symbol.asyncDispose]();
});

describe('encoded audio segments', () => {
  for (const codec of CODECS) {
    for (const sound of Object.keys(SOUNDS) as (keyof typeof SOUNDS)[]) {
      it(`join without a seam: ${codec.name}, ${sound}`, async () => {
        const path = await fixturePath(pool, fixtureOf(codec, sound));
        const opened = await openAudio(readFileSync(path));
        const track = encodeTrack(opened, pool);
        const { starts, end } = track.timing;
        assert.ok(starts.length >= 6);
        const segments = await makeAllSegments(track);
        const joined = await decodeAudio(await joinSegments(track, segments));
        assert.equal(joined.messages, '');
        assert.equal(joined.samples.length, end * 2);

        const single = await decodeAudio(
          await joinSegments(track, [await singleJob(opened, end / FRAME_SAMPLES)]),
        );
        assert.equal(single.samples.length, end * 2);
        const joins = starts.slice(1);
        assertNoSeam(joined.samples, single.samples, joins);

        const continuous = await decodeAudio(await continuousAudio(path));
        const length = Math.min(continuous.samples.length, joined.samples.length);
        assert.ok(length > end * 2 - 2 * 48_000 * 0.3);
        assertNoSeam(joined.samples.subarray(0, length), continuous.samples.subarray(0, length), joins);
      });
    }
  }

  it('are the same bytes in any order, made twice, by other engines', async () => {
    for (const codec of CODECS) {
      const path = await fixturePath(pool, fixtureOf(codec, 'chords'));
      const opened = await openAudio(readFileSync(path));
      const track = encodeTrack(opened, pool);
      const inOrder = (await makeAllSegments(track)).map(segmentBytes);
      const random = seededRandom(codec.name);
      const order = inOrder.map((_, i) => ({ i, key: random(1000) })).sort((a, b) => a.key - b.key);
      const other = encodeTrack(await openAudio(readFileSync(path)), otherPool);
      const shuffled = (
        await makeAllSegments(
          other,
          order.map(({ i }) => i),
        )
      ).map(segmentBytes);
      assert.deepEqual(shuffled, inOrder, codec.name);
    }
  });
});

function encodeTrack({ context, audio }: OpenedAudio, engines: EnginePool, index = 0): SegmentTrack {
  const { track, firstPacket, anchorTime } = audio[index]!;
  return new AudioEncodeTrack(context, track, {
    firstPacket,
    anchorTime,
    engines: { get: () => engines },
    output: DEFAULT_AUDIO_OUTPUT,
  });
}

/** All frames in one job, with the packets where an unbroken count of their samples puts them. */
async function singleJob({ context, audio }: OpenedAudio, frameCount: number): Promise<SegmentSamples> {
  const { track, packets, firstPacket, anchorTime } = audio[0]!;
  const durations = createFrameDuration(track, firstPacket);
  const { rate } = durations;
  let start = Math.round(((anchorTime - context.origin.ticks) * rate) / 1e9);
  const encoded: EncodedAudio = await encodeAudio(pool, {
    decoder: audioDecoderOf(track),
    packets: packets.map(({ data, discardPadding }) => {
      const packet = { start, discardPadding: Math.round((discardPadding * rate) / 1e9), data };
      start += durations(data) ?? 0;
      return packet;
    }),
    timescale: rate,
    firstFrame: 0,
    frameCount,
    output: DEFAULT_AUDIO_OUTPUT,
  });
  const samples = encoded.accessUnits.map((data) => ({
    duration: FRAME_SAMPLES,
    compositionOffset: 0,
    flags: AUDIO_SAMPLE_FLAGS,
    data,
  }));
  return {
    track: { trackId: 1, baseMediaDecodeTime: 0, samples },
    endTicks: frameCount * FRAME_SAMPLES,
    remarks: [],
  };
}

/** The audio track of the continuous pipeline, as a file of its own. */
async function continuousAudio(path: string): Promise<Uint8Array> {
  const options = { audio: 'aac', videoTrack: 'none', engine: pool } as const;
  return (await readStream(await openFile(path), options)).bytes;
}

const windowSamples = 480;

/**
 * Two decodes may differ, for an encoder's choices go on from what came before: but at the joins by no more than elsewhere.
 * @param joins - in samples a channel.
 */
function assertNoSeam(joined: Float32Array, whole: Float32Array, joins: readonly number[]): void {
  const windows = new Map<number, { most: number; rms: number }>();
  const count = Math.floor(joined.length / 2 / windowSamples);
  for (let window = 0; window < count; window++) {
    let most = 0;
    let sum = 0;
    for (let i = window * windowSamples * 2; i < (window + 1) * windowSamples * 2; i++) {
      const difference = Math.abs(joined[i]! - whole[i]!);
      most = Math.max(most, difference);
      sum += difference * difference;
    }
    windows.set(window, { most, rms: Math.sqrt(sum / (2 * windowSamples)) });
  }
  // A frame's window reaches a frame back and one forward.
  const isAtJoin = (window: number): boolean =>
    joins.some((join) => Math.abs((window + 0.5) * windowSamples - join) < 1024 + windowSamples);
  const here = [...windows].filter(([window]) => isAtJoin(window)).map(([, values]) => values);
  const away = [...windows].filter(([window]) => !isAtJoin(window)).map(([, values]) => values);
  const greatest = (list: typeof here, key: 'most' | 'rms'): number =>
    list.reduce((result, values) => Math.max(result, values[key]), 0);
  assert.ok(here.length > 0 && away.length > here.length);
  const [rmsHere, rmsAway] = [greatest(here, 'rms'), greatest(away, 'rms')];
  assert.ok(rmsHere <= rmsAway + 1e-6, `rms: ${rmsHere} at joins, ${rmsAway} elsewhere`);
  // One sample of a voice's pulses can by chance be the worst of all at a join, as anywhere else.
  const [mostHere, mostAway] = [greatest(here, 'most'), greatest(away, 'most')];
  assert.ok(mostHere <= 1.25 * mostAway + 1e-6, `most: ${mostHere} at joins, ${mostAway} elsewhere`);
}
