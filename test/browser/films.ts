import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/repository.js';

/** A film whose pictures are numbered and whose sound tells the second. Made by the system's ffmpeg. */
export interface Film {
  /** Also the file's name. */
  readonly name: string;
  /** Seconds. */
  readonly duration: number;
  /** Pictures a second, as ffmpeg reads it. */
  readonly rate: string;
  /** Pixels across; 320 when absent. */
  readonly width?: number;
  /** The encoder, by ffmpeg's name, and its options. */
  readonly encoder?: readonly string[];
  /** Options of x264 that ffmpeg has no name for. */
  readonly x264: string;
  /** Where pictures to begin at are asked for, in seconds. */
  readonly keyframes?: readonly number[];
  /** Makes those IDR pictures also where groups are open. */
  readonly hasForcedIdr?: boolean;
  /** The sound. */
  readonly audio: readonly FilmAudio[];
}

/** A sound track. */
export interface FilmAudio {
  readonly codec: 'eac3' | 'aac' | 'flac';
  readonly layout: 'stereo' | '5.1';
  readonly language: string;
  /** In the n-th second of the film the tone has this frequency plus 100 times the last digit of n, in Hz. */
  readonly base: number;
  /** The sound that is left out: from a second to another of the film. */
  readonly silence?: readonly [from: number, to: number];
}

const MADE = join(REPOSITORY, '.cache', 'fixtures');
/** Bits of the picture's number; see page/picture-number.ts, which reads them. */
const NUMBER = 'if(bitand(floor(N/pow(2,X)),1),235,16)';

/** A picture in its lower ninth the number of which is painted in 16 squares, black or white, the lowest bit first. */
function pictures({ rate, width }: Film): string {
  return [
    `color=c=black:size=16x2:rate=${rate},geq=lum='${NUMBER}':cb=128:cr=128,scale=320:20:flags=neighbor[number]`,
    `testsrc2=size=320x160:rate=${rate}[scene]`,
    `[scene][number]vstack${width === undefined ? '' : `,scale=${width}:180:flags=neighbor,setsar=1`},format=yuv420p[pictures]`,
  ].join(';');
}

/** A tone that tells the second. */
function sound({ layout, base }: FilmAudio): string {
  const tone = `0.3*sin(2*PI*t*(${base}+100*mod(floor(t)\\,10)))`;
  const channels = layout === '5.1' ? [tone, tone, tone, '0', tone, tone] : [tone, tone];
  return `aevalsrc=exprs=${channels.join('|')}:channel_layout=${layout}:sample_rate=48000`;
}

function ffmpegArguments(film: Film): string[] {
  return [
    ...['-filter_complex', pictures(film)],
    ...film.audio.flatMap((track) => ['-f', 'lavfi', '-i', sound(track)]),
    ...['-map', '[pictures]', ...film.audio.flatMap((_, i) => ['-map', `${i}:a`])],
    ...['-t', String(film.duration), ...(film.encoder ?? x264Options(film))],
    ...(film.keyframes === undefined ? [] : ['-force_key_frames', film.keyframes.join(',')]),
    ...(film.hasForcedIdr === true ? ['-forced-idr', '1'] : []),
    ...film.audio.flatMap(({ codec, language, silence }, i) => [
      ...[`-c:a:${i}`, codec, `-metadata:s:a:${i}`, `language=${language}`],
      ...(silence === undefined ? [] : [`-filter:a:${i}`, `aselect='not(between(t,${silence.join(',')}))'`]),
    ]),
  ];
}

function x264Options({ x264 }: Film): string[] {
  return ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '28', '-threads', '1', '-x264-params', x264];
}

/** Gives the path of a film, made now unless an earlier run has made it. */
export function filmPath(film: Film): string {
  const options = ffmpegArguments(film);
  const state = createHash('sha256').update(options.join('\0')).digest('hex').slice(0, 12);
  const path = join(MADE, `${film.name}-${state}.mkv`);
  if (existsSync(path)) return path;
  mkdirSync(MADE, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  const run = spawnSync('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    ...options,
    '-f',
    'matroska',
    unfinished,
  ]);
  assert.equal(run.status, 0, String(run.stderr));
  renameSync(unfinished, path);
  return path;
}

/** Where the pictures of a film lie on the output's timeline. */
export interface FilmTiming {
  /** Pictures a second. */
  readonly rate: number;
  /** Time of picture 0 on the output's timeline, whose zero is where the earliest track begins; seconds. */
  readonly start: number;
}

/** Asks ffprobe where the pictures of a film lie. */
export function filmTiming(film: Film, path: string): FilmTiming {
  const first = (stream: string): number => {
    const { stdout } = spawnSync('ffprobe', [
      ...['-v', 'error', '-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'],
      ...['-read_intervals', '%+#40', path],
    ]);
    const times = String(stdout).split('\n').map(parseFloat);
    return Math.min(...times.filter((time) => !Number.isNaN(time)));
  };
  const video = first('v:0');
  const [frames, seconds = 1] = film.rate.split('/').map(Number);
  return {
    rate: frames! / seconds,
    start: video - Math.min(video, ...film.audio.map((_, i) => first(`a:${i}`))),
  };
}

/** Number of the picture that is shown at a time of the output, in seconds. */
export function numberAt({ rate, start }: FilmTiming, seconds: number): number {
  return Math.floor((seconds - start) * rate + 1e-6);
}

/** Half a minute and more, with key frames where scenes change and not at even distances, in two languages. */
export const FILM: Film = {
  name: 'film-in-two-languages',
  duration: 50,
  rate: '24000/1001',
  x264: 'bframes=3:b-pyramid=normal:keyint=240:min-keyint=5:scenecut=0',
  keyframes: [1.5, 6.8, 8, 13.1, 19.9, 21, 22, 29.5, 31, 37.3, 44],
  audio: [
    { codec: 'eac3', layout: '5.1', language: 'eng', base: 600 },
    { codec: 'aac', layout: 'stereo', language: 'deu', base: 2000 },
  ],
};

const openAudio: readonly FilmAudio[] = [{ codec: 'aac', layout: 'stereo', language: 'eng', base: 600 }];

/** Open groups, B pyramids, and after the first picture none that Chromium could begin at. */
export const OPEN_WITHOUT_IDR: Film = {
  name: 'open-gop-without-idr',
  duration: 27,
  rate: '25',
  x264: 'open-gop=1:bframes=3:b-pyramid=normal:b-adapt=0:keyint=51:min-keyint=5:scenecut=0',
  audio: openAudio,
};

/** Open groups, B pyramids, and an IDR picture now and then. */
export const OPEN_WITH_IDR: Film = {
  ...OPEN_WITHOUT_IDR,
  name: 'open-gop-with-idr',
  keyframes: [7.4, 14.9, 22.2],
  hasForcedIdr: true,
};

/** Sound that begins at the fourth second: one track that is encoded, one that is copied. */
export const LATE_SOUND: Film = {
  ...FILM,
  name: 'film-with-late-sound',
  duration: 30,
  audio: FILM.audio.map((track) => ({ ...track, silence: [-1, 4] })),
};

/** Sound that is missing for longer than a segment lasts: one track that is encoded, one that is copied. */
export const SOUND_WITH_GAP: Film = {
  ...FILM,
  name: 'film-with-a-gap-in-the-sound',
  duration: 40,
  audio: FILM.audio.map((track) => ({ ...track, silence: [10, 25] })),
};

/**
 * Wide enough for lower forms of it, and with enough bits for them to take fewer. That it is not high spares everybody the
 * encoding of many pixels.
 */
export const WIDE_FILM: Film = {
  ...FILM,
  name: 'film-wide-enough-for-lower-forms',
  duration: 27,
  width: 1600,
  x264: 'qp=3:bframes=3:b-pyramid=normal:keyint=60:min-keyint=5:scenecut=0',
  keyframes: [6.8, 13.1, 19.9],
  // Without AAC's priming the video begins at zero; what begins less than 0.1 s later hls.js moves there.
  audio: [{ codec: 'flac', layout: 'stereo', language: 'eng', base: 600 }],
};

/** The same in another codec than its lower forms. */
export const WIDE_VP9_FILM: Film = {
  ...WIDE_FILM,
  name: 'film-in-vp9-with-lower-forms',
  encoder: [
    ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '3M', '-minrate', '3M'],
    ...['-maxrate', '3M', '-g', '60', '-row-mt', '1'],
  ],
};

/** The same, and said to be in HDR. */
export const WIDE_HDR_FILM: Film = {
  ...WIDE_VP9_FILM,
  name: 'film-in-hdr-with-lower-forms',
  encoder: [...(WIDE_VP9_FILM.encoder ?? []), '-color_primaries', 'bt2020', '-color_trc', 'smpte2084'],
};
