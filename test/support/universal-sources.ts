import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';
import { stampedSource } from './stamped-video.js';

/** A file of numbered pictures, and of sound that begins one second after the first of them. */
export interface UniversalSource {
  /** The file's name, with the ending that chooses the container. */
  readonly name: string;
  /** Arguments of ffmpeg between the inputs and the output's name. */
  readonly ffmpeg: readonly string[];
  /** Pictures, at 25 a second; 200 when absent. */
  readonly pictures?: number;
  /** What becomes of the pictures. */
  readonly video: 'copy' | 'transcode';
  /** What becomes of the sound; undefined when there is none. */
  readonly audio?: 'copy' | 'transcode';
  /** Number of the first picture that is shown; 0 when absent. */
  readonly firstPicture?: number;
}

const MADE = join(REPOSITORY, '.cache', 'universal-sources');
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '2', '-crf', '28'];
const copied = [...x264, ...['-g', '50', '-sc_threshold', '0', '-bf', '3', '-c:a', 'aac']];

/** A file of each kind. */
export const UNIVERSAL_SOURCES: readonly UniversalSource[] = [
  {
    name: 'mpeg4-mp3.mkv',
    ffmpeg: ['-c:v', 'mpeg4', '-q:v', '4', '-bf', '2', '-g', '60', '-c:a', 'libmp3lame'],
    video: 'transcode',
    audio: 'transcode',
  },
  {
    name: 'vp8-vorbis.webm',
    ffmpeg: [
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '40', '-b:v', '400k'],
      ...['-c:a', 'libvorbis'],
    ],
    video: 'transcode',
    audio: 'transcode',
  },
  {
    name: 'mpeg2-ac3.mkv',
    ffmpeg: ['-c:v', 'mpeg2video', '-q:v', '4', '-bf', '2', '-g', '15', '-c:a', 'ac3'],
    video: 'transcode',
    audio: 'transcode',
  },
  {
    name: 'h264-10bit-aac.mkv',
    ffmpeg: [...x264, '-pix_fmt', 'yuv420p10le', '-g', '50', '-bf', '3', '-c:a', 'aac'],
    video: 'transcode',
    audio: 'copy',
  },
  {
    name: 'prores-pcm.mov',
    ffmpeg: ['-c:v', 'prores_ks', '-profile:v', '0', '-c:a', 'pcm_s16le'],
    pictures: 100,
    video: 'transcode',
    audio: 'transcode',
  },
  {
    name: 'mpeg4-aac.mp4',
    ffmpeg: ['-c:v', 'mpeg4', '-q:v', '4', '-bf', '2', '-g', '250', '-c:a', 'aac'],
    video: 'transcode',
    audio: 'copy',
  },
  { name: 'h264-aac.mp4', ffmpeg: copied, video: 'copy', audio: 'copy' },
  {
    name: 'h264-aac-first.mp4',
    ffmpeg: [...copied, '-movflags', '+faststart'],
    video: 'copy',
    audio: 'copy',
  },
  {
    name: 'h264-aac-fragments.mp4',
    ffmpeg: [...copied, '-movflags', 'frag_keyframe+delay_moov'],
    video: 'copy',
    audio: 'copy',
  },
  { name: 'h264-aac.mov', ffmpeg: copied, video: 'copy', audio: 'copy' },
];

/** What is forced to be encoded anew: open groups, and one group that lasts from the beginning to the end. */
export const FORCED_SOURCES: readonly UniversalSource[] = [
  {
    name: 'hevc-opengop.mkv',
    ffmpeg: [
      ...['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '28'],
      ...[
        '-x265-params',
        'log-level=error:pools=1:frame-threads=1:open-gop=1:bframes=4:keyint=33:min-keyint=33',
      ],
      ...['-c:a', 'aac'],
    ],
    video: 'transcode',
    audio: 'copy',
  },
  {
    name: 'h264-opengop.mp4',
    ffmpeg: [...x264, '-x264-params', 'keyint=40:open-gop=1:bframes=3:scenecut=0', '-c:a', 'aac'],
    video: 'transcode',
    audio: 'copy',
  },
  {
    name: 'h264-one-group.mkv',
    ffmpeg: [...x264, '-x264-params', 'keyint=infinite:bframes=3:b-pyramid=normal:scenecut=0', '-an'],
    pictures: 600,
    video: 'transcode',
  },
];

/** The source of a name. */
export function universalSourceNamed(name: string): UniversalSource {
  const source = [...UNIVERSAL_SOURCES, ...FORCED_SOURCES].find((one) => one.name === name);
  if (source === undefined) throw new RangeError(`There is no source "${name}".`);
  return source;
}

/** Gives the path of a source, made now with the system's ffmpeg unless an earlier run has made it. */
export function universalSourcePath({ name, ffmpeg, pictures = 200 }: UniversalSource): string {
  const path = join(MADE, name);
  if (existsSync(path)) return path;
  mkdirSync(MADE, { recursive: true });
  const made = join(MADE, `${process.pid}-${name}`);
  const seconds = pictures / 25;
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-t', String(seconds), '-i', stampedSource()],
    ...['-f', 'lavfi', '-i', `aevalsrc='if(gte(t,1),0.5*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`],
    ...(ffmpeg.includes('-pix_fmt') || ffmpeg.includes('prores_ks') ? [] : ['-pix_fmt', 'yuv420p']),
    ...ffmpeg,
    made,
  ]);
  renameSync(made, path);
  return path;
}
