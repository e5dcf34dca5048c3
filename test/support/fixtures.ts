import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnginePool } from '../../src/engine/pool.js';
import {
  synthesizeFile,
  type SynthesisSpec,
  type SynthesizedAudio,
  type SynthesizedVideo,
} from '../../src/engine/synthesis.js';
import { REPOSITORY } from './repository.js';

/** Media that tests read, made by the engine when it is first asked for. */
export interface Fixture {
  /** Also the file's name. */
  readonly name: string;
  /** What is in it. */
  readonly spec: SynthesisSpec;
}

const MADE = join(REPOSITORY, '.cache', 'fixtures');

/**
 * The sound of fixtures: a sweep from 200 Hz to 3.2 kHz that starts anew each second without a jump, so that any
 * stretch of it is found again to the sample, and nowhere else within a second.
 */
const SWEEP = '0.2*sin(2*PI*(200*mod(t\\,1)+1500*pow(mod(t\\,1)\\,2)))';

/** The sound of fixtures at a time after the track's start, in seconds. */
export function sweepAt(seconds: number): number {
  const t = seconds % 1;
  return 0.2 * Math.sin(2 * Math.PI * (200 * t + 1500 * t * t));
}

function sweep(channels: number, sampleRate: number): string {
  return `aevalsrc=exprs=${Array<string>(channels).fill(SWEEP).join('|')}:sample_rate=${sampleRate}`;
}

function sound(encoder: string, fields: Partial<SynthesizedAudio> = {}): SynthesizedAudio {
  const sampleRate = fields.sampleRate ?? 48_000;
  const layout = fields.layout ?? 'stereo';
  const channels = layout.startsWith('5.1') ? 6 : layout === 'mono' ? 1 : 2;
  return { encoder, source: sweep(channels, sampleRate), sampleRate, layout, ...fields };
}

/** One sound track for each codec that is to be tested. */
export const SOUNDS = {
  aac: sound('aac', { sampleRate: 44_100, bitRate: 128_000 }),
  ac3: sound('ac3', { layout: '5.1', bitRate: 384_000 }),
  eac3: sound('eac3', { layout: '5.1', bitRate: 384_000 }),
  dts: sound('dca', { layout: '5.1(side)', bitRate: 768_000 }),
  truehd: sound('truehd'),
  flac: sound('flac', { sampleRate: 44_100 }),
  opus: sound('libopus', { bitRate: 96_000 }),
  vorbis: sound('libvorbis', { bitRate: 96_000 }),
  mp3: sound('libmp3lame', { sampleRate: 44_100, bitRate: 128_000 }),
  mp2: sound('mp2', { bitRate: 192_000 }),
  pcm16: sound('pcm_s16le'),
  pcm24: sound('pcm_s24le', { sampleFormat: 's32' }),
  alac: sound('alac', { sampleRate: 44_100 }),
} as const satisfies Record<string, SynthesizedAudio>;

type SoundName = keyof typeof SOUNDS;

const tiny = 'testsrc2=size=128x72';

/** One picture track for each codec that is copied. */
export const PICTURES = {
  h264: {
    encoder: 'libx264',
    source: `${tiny}:rate=25`,
    gop: 25,
    options: { preset: 'veryfast', crf: '35', 'x264-params': 'bframes=3:b-pyramid=normal:open-gop=0' },
  },
  hevc: {
    encoder: 'libx265',
    source: `${tiny}:rate=25`,
    gop: 25,
    options: {
      preset: 'ultrafast',
      crf: '35',
      'x265-params': 'log-level=error:bframes=3:open-gop=0:pools=1',
    },
  },
  vp9: {
    encoder: 'libvpx-vp9',
    source: `${tiny}:rate=25`,
    gop: 25,
    bitRate: 60_000,
    options: { deadline: 'realtime', 'cpu-used': '8' },
  },
  av1: {
    encoder: 'libsvtav1',
    source: `${tiny}:rate=25`,
    gop: 25,
    options: { preset: '12', crf: '50', 'svtav1-params': 'lp=1' },
  },
} as const satisfies Record<string, SynthesizedVideo>;

function picture(name: keyof typeof PICTURES, fields: Partial<SynthesizedVideo> = {}): SynthesizedVideo {
  return { ...PICTURES[name], ...fields };
}

const shortMs = 2600;

function both(name: string, video: SynthesizedVideo, audio: SynthesizedAudio, durationMs = shortMs): Fixture {
  return { name, spec: { durationMs, video: [video], audio: [audio] } };
}

const soundNames = Object.keys(SOUNDS) as SoundName[];
const otherPictures = ['hevc', 'vp9', 'av1'] as const;

/** Every fixture, by name. */
export const FIXTURES: readonly Fixture[] = [
  // H.264 with every sound; the other pictures share the sounds out among them.
  ...soundNames.map((name) => both(`h264-${name}`, picture('h264'), SOUNDS[name])),
  ...soundNames.map((name, i) => {
    const other = otherPictures[i % otherPictures.length]!;
    return both(`${other}-${name}`, picture(other), SOUNDS[name]);
  }),
  both('h264-23976-eac3', picture('h264', { source: `${tiny}:rate=24000/1001`, gop: 48 }), SOUNDS.eac3, 9000),
  both('h264-2997-aac', picture('h264', { source: `${tiny}:rate=30000/1001` }), SOUNDS.aac),
  both('h264-60-opus', picture('h264', { source: `${tiny}:rate=60`, gop: 60 }), SOUNDS.opus),
  both(
    'h264-vfr-flac',
    picture('h264', { source: `${tiny}:rate=30,select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,11)\\,5))'` }),
    SOUNDS.flac,
  ),
  both(
    'h264-opengop-ac3',
    picture('h264', {
      options: { preset: 'veryfast', crf: '35', 'x264-params': 'bframes=3:b-pyramid=normal:open-gop=1' },
    }),
    SOUNDS.ac3,
  ),
  both(
    'hevc-opengop-aac',
    // Key frames that are no multiple of four apart, so that B pictures lead them.
    picture('hevc', {
      gop: 27,
      options: {
        preset: 'ultrafast',
        crf: '35',
        'x265-params': 'log-level=error:bframes=3:b-pyramid=1:open-gop=1:pools=1',
      },
    }),
    SOUNDS.aac,
  ),
  both(
    'h264-intra-mp3',
    picture('h264', { gop: 1, options: { preset: 'ultrafast', crf: '40' } }),
    SOUNDS.mp3,
  ),
  both('h264-lateaac', picture('h264'), sound('aac', { startMs: 700 })),
  both('h264-lateeac3', picture('h264'), { ...SOUNDS.eac3, startMs: 700 }),
  both('h264-lateflac', picture('h264'), { ...SOUNDS.flac, startMs: 333 }),
  both('h264-latepcm', picture('h264'), { ...SOUNDS.pcm16, startMs: 1 }),
  both('h264late-eac3', picture('h264', { startMs: 480 }), SOUNDS.eac3),
  both('h264late-opus', picture('h264', { startMs: 480 }), SOUNDS.opus),
  both('h264late-lateaac', picture('h264', { startMs: 5000 }), { ...SOUNDS.aac, startMs: 5100 }),
  { name: 'video-only-h264', spec: { durationMs: shortMs, video: [picture('h264')] } },
  { name: 'video-only-hevc', spec: { durationMs: shortMs, video: [picture('hevc')] } },
  { name: 'audio-only-aac', spec: { durationMs: 6000, audio: [SOUNDS.aac] } },
  { name: 'audio-only-eac3', spec: { durationMs: 6000, audio: [SOUNDS.eac3] } },
  { name: 'audio-only-flac', spec: { durationMs: 6000, audio: [SOUNDS.flac] } },
  {
    name: 'h264-many-tracks',
    spec: {
      durationMs: shortMs,
      video: [picture('h264')],
      audio: [
        { ...SOUNDS.aac, language: 'eng' },
        { ...SOUNDS.ac3, language: 'ger' },
        { ...SOUNDS.flac, language: 'fra', startMs: 250 },
      ],
      subtitles: [
        {
          codec: 'subrip',
          language: 'eng',
          cues: [
            { startMs: 100, durationMs: 900, text: 'One' },
            { startMs: 1200, durationMs: 900, text: 'Two' },
          ],
        },
      ],
    },
  },
];

/**
 * Gives the path of a fixture, made now unless an earlier run has made it from the same spec with the same engine.
 * Test files that run side by side may make the same one: each writes its own, and the last one stays.
 */
export async function fixturePath(pool: EnginePool, { name, spec }: Fixture): Promise<string> {
  const state = createHash('sha256')
    .update(engineVersion())
    .update(JSON.stringify(spec))
    .digest('hex')
    .slice(0, 12);
  const path = join(MADE, `${name}-${state}.mkv`);
  if (!existsSync(path)) {
    mkdirSync(MADE, { recursive: true });
    await synthesizeFile(pool, spec, { path, format: 'matroska' });
  }
  return path;
}

/** The bytes of a fixture. */
export async function fixtureBytes(pool: EnginePool, name: string): Promise<Uint8Array> {
  return Uint8Array.from(readFileSync(await fixturePath(pool, fixtureNamed(name))));
}

/** The fixture of a name. */
export function fixtureNamed(name: string): Fixture {
  const fixture = FIXTURES.find((one) => one.name === name);
  if (fixture === undefined) throw new RangeError(`There is no fixture "${name}".`);
  return fixture;
}

function engineVersion(): string {
  const manifest = readFileSync(join(REPOSITORY, 'node_modules', 'node-av', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
