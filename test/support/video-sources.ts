import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlainMatroska } from './ebml-walker.js';
import { writeMatroska, type MatroskaForm } from './odd-matroska.js';
import { REPOSITORY } from './repository.js';

/** A file with one kind of video, made by the system's ffmpeg. */
export interface VideoSource {
  readonly name: string;
  /** Arguments of ffmpeg between the input and the output's name. */
  readonly ffmpeg: readonly string[];
  /** Source of the pictures, a libavfilter graph. */
  readonly input: string;
  /** Further inputs. */
  readonly inputs?: readonly string[];
  /** In what form of Matroska it is written; that of ffmpeg when absent. */
  readonly form?: MatroskaForm;
  /** Pictures other than IDRs hold recovery point messages. */
  readonly hasRecoveryPoints?: boolean;
  /** False when MP4 cannot hold it for a browser. */
  readonly isCopied?: boolean;
}

const MADE = join(REPOSITORY, '.cache', 'video-sources');
const tiny = 'testsrc2=size=128x72:duration=9';
const x264 = (params: string): string[] => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '35'],
  ...['-x264-params', `keyint=25:min-keyint=5:scenecut=0:threads=2:${params}`],
];
const x265 = (params: string): string[] => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '35'],
  ...['-x265-params', `log-level=error:pools=1:frame-threads=1:scenecut=0:${params}`],
];

/** Every kind that segments are cut of. */
export const VIDEO_SOURCES: readonly VideoSource[] = [
  {
    name: 'h264-pyramid',
    input: `${tiny}:rate=25`,
    ffmpeg: x264('bframes=5:b-pyramid=normal:b-adapt=0:open-gop=0'),
  },
  {
    name: 'h264-23976',
    input: `${tiny}:rate=24000/1001`,
    ffmpeg: x264('bframes=3:b-pyramid=normal:open-gop=0'),
  },
  {
    name: 'h264-60-unstated',
    input: `${tiny}:rate=60`,
    ffmpeg: x264('bframes=3:b-pyramid=normal:open-gop=0'),
    form: { noDefaultDuration: true },
  },
  {
    name: 'h264-vfr',
    input: `${tiny}:rate=30,select='not(eq(mod(n\\,7)\\,3)+eq(mod(n\\,11)\\,5))'`,
    ffmpeg: [...x264('bframes=3:b-pyramid=normal:open-gop=0'), '-vsync', 'vfr'],
  },
  {
    name: 'h264-opengop',
    hasRecoveryPoints: true,
    input: `${tiny}:rate=25`,
    ffmpeg: [
      ...x264('bframes=3:b-pyramid=normal:b-adapt=0:open-gop=1'),
      ...['-force_key_frames', 'expr:eq(mod(n,75),0)', '-forced-idr', '1'],
    ],
  },
  {
    name: 'h264-mbaff',
    input: `${tiny}:rate=50,interlace`,
    ffmpeg: [...x264('bframes=3:b-pyramid=normal:open-gop=0:tff=1'), '-flags', '+ilme+ildct'],
  },
  {
    name: 'h264-late',
    input: `${tiny}:rate=25,setpts=PTS+1.48/TB`,
    inputs: ['sine=duration=10'],
    ffmpeg: [...x264('bframes=3:open-gop=0'), '-c:a', 'aac'],
  },
  {
    name: 'h264-blockgroups',
    input: `${tiny}:rate=25`,
    ffmpeg: x264('bframes=3:b-pyramid=normal:open-gop=0'),
    form: { groups: true },
  },
  {
    name: 'h264-zlib',
    input: `${tiny}:rate=25`,
    ffmpeg: x264('bframes=3:open-gop=0'),
    form: { compression: 'zlib' },
  },
  {
    name: 'h264-headerstripped',
    input: `${tiny}:rate=25`,
    ffmpeg: x264('bframes=3:open-gop=0'),
    form: { compression: 'header' },
  },
  {
    name: 'hevc-opengop',
    input: `${tiny}:rate=25`,
    ffmpeg: x265('bframes=4:b-pyramid=1:b-adapt=0:open-gop=1:keyint=27:min-keyint=27'),
  },
  {
    name: 'hevc-closed',
    input: `${tiny}:rate=25`,
    ffmpeg: x265('bframes=4:b-pyramid=1:b-adapt=0:open-gop=0:keyint=25:min-keyint=25'),
  },
  {
    name: 'hevc-radl',
    input: `${tiny}:rate=25`,
    ffmpeg: x265('bframes=4:b-pyramid=1:b-adapt=0:open-gop=0:radl=3:keyint=27:min-keyint=27'),
  },
  {
    name: 'vp9',
    input: `${tiny}:rate=25`,
    ffmpeg: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-b:v', '80k'],
  },
  {
    name: 'av1',
    input: `${tiny}:rate=25`,
    ffmpeg: ['-c:v', 'libsvtav1', '-preset', '12', '-crf', '50', '-g', '25'],
  },
  {
    name: 'mpeg2',
    input: `${tiny}:rate=25`,
    ffmpeg: ['-c:v', 'mpeg2video', '-g', '15', '-bf', '2', '-b:v', '200k'],
    isCopied: false,
  },
  {
    name: 'mpeg4',
    input: `${tiny}:rate=25`,
    ffmpeg: ['-c:v', 'mpeg4', '-g', '25', '-bf', '2', '-b:v', '200k'],
    isCopied: false,
  },
];

const sound = 'sine=frequency=440:sample_rate=48000:duration=21';
const longer = 'testsrc2=size=128x72:duration=21:rate=25';
const withSound = (video: readonly string[], codec: string): string[] => [
  ...video,
  ...['-c:a', codec, '-b:a', '128k', '-cluster_time_limit', '1000'],
];

/** Three segments of six seconds and more, with sound. */
const SOUND_SOURCES: readonly VideoSource[] = [
  {
    name: 'h264-ac3',
    input: longer,
    inputs: [sound],
    ffmpeg: withSound(x264('bframes=3:b-pyramid=normal:open-gop=0'), 'ac3'),
  },
  {
    name: 'h264-aac',
    input: longer,
    inputs: [sound],
    ffmpeg: withSound(x264('bframes=3:b-pyramid=normal:open-gop=0'), 'aac'),
  },
  {
    name: 'hevc-ac3',
    input: longer,
    inputs: [sound],
    ffmpeg: withSound(x265('bframes=4:b-pyramid=1:b-adapt=0:open-gop=1:keyint=27:min-keyint=27'), 'ac3'),
  },
];

/** The source of a name. */
export function videoSourceNamed(name: string): VideoSource {
  const source = [...VIDEO_SOURCES, ...SOUND_SOURCES].find((one) => one.name === name);
  if (source === undefined) throw new RangeError(`There is no source "${name}".`);
  return source;
}

/** Gives the path of a source, made now unless an earlier run has made it. */
export function videoSourcePath(source: VideoSource): string {
  const path = join(MADE, `${source.name}.mkv`);
  if (existsSync(path)) return path;
  mkdirSync(MADE, { recursive: true });
  const made = join(MADE, `${source.name}.${process.pid}.mkv`);
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', source.input],
    ...(source.inputs ?? []).flatMap((graph) => ['-f', 'lavfi', '-i', graph]),
    ...['-threads', '2', '-pix_fmt', 'yuv420p', ...source.ffmpeg, made],
  ]);
  if (source.form !== undefined) {
    writeFileSync(made, writeMatroska(readPlainMatroska(readFileSync(made)), source.form));
  }
  renameSync(made, path);
  return path;
}
