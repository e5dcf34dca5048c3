/** The files whose pictures no browser plays, and the film in other containers: made once, and kept. */
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEnginePool } from '../../src/engine/pool.js';
import { synthesizeFile, type SynthesizedVideo } from '../../src/engine/synthesis.js';
import type { BenchFile } from './media.js';
import { ffmpeg, runToNowhere } from './program.js';

/** A file whose video is encoded anew. */
export interface PictureFile extends BenchFile {
  /** Its pictures. */
  readonly width: number;
  /** Its pictures. */
  readonly height: number;
  /** Frames a second. */
  readonly rate: number;
  /** Whether the pictures are to be made progressive. */
  readonly isInterlaced: boolean;
}

/** The files whose video is encoded anew. */
export interface PictureFiles {
  /** MPEG-2 as it is broadcast. */
  readonly mpeg2: PictureFile;
  /** MPEG-4 ASP as it is in old AVI files. */
  readonly mpeg4: PictureFile;
  /** H.264 with 10 bits. */
  readonly tenBit: PictureFile;
  /** HEVC. */
  readonly hevc: PictureFile;
  /** H.264 that plays as it is, to be scaled down. */
  readonly h264: PictureFile;
}

/** The film, copied into other containers. */
export interface ContainerFiles {
  /** MP4 with its tables at the end. */
  readonly mp4: BenchFile;
  /** An MPEG transport stream. */
  readonly ts: BenchFile;
}

interface PictureSpec {
  readonly name: string;
  readonly format: string;
  readonly content: string;
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  /** So long that it takes ffmpeg some twenty seconds: a film is long, and what starting takes is little of it. */
  readonly seconds: number;
  readonly isInterlaced?: boolean;
  readonly video: Omit<SynthesizedVideo, 'source'>;
}

/** Part of the files' names: what is made changes with it. */
const version = 1;

const fullHd = { width: 1920, height: 1080, rate: 24, seconds: 40 };
const pal = { width: 720, height: 576, rate: 25, seconds: 180 };
const x264 = { preset: 'veryfast', maxrate: '12M', bufsize: '12M' };

const SPECS: Readonly<Record<keyof PictureFiles, PictureSpec>> = {
  mpeg2: {
    ...pal,
    name: 'mpeg2.ts',
    format: 'mpegts',
    content: 'MPEG-2, 576i25, 5 Mbit/s',
    isInterlaced: true,
    video: {
      encoder: 'mpeg2video',
      gop: 12,
      maxBFrames: 2,
      bitRate: 5_000_000,
      options: { flags: '+ilme+ildct', maxrate: '8M', bufsize: '1835k' },
    },
  },
  mpeg4: {
    ...pal,
    name: 'mpeg4.avi',
    format: 'avi',
    content: 'MPEG-4 ASP, 576p25, 2 Mbit/s',
    video: { encoder: 'mpeg4', gop: 250, maxBFrames: 2, bitRate: 2_000_000 },
  },
  tenBit: {
    ...fullHd,
    name: 'ten-bit.mkv',
    format: 'matroska',
    content: 'H.264 10-bit, 1080p24, 10 Mbit/s',
    video: { encoder: 'libx264', pixelFormat: 'yuv420p10le', gop: 72, bitRate: 10_000_000, options: x264 },
  },
  hevc: {
    ...fullHd,
    name: 'hevc.mkv',
    format: 'matroska',
    content: 'HEVC, 1080p24, 8 Mbit/s',
    video: {
      encoder: 'libx265',
      gop: 96,
      bitRate: 8_000_000,
      options: { preset: 'ultrafast', 'x265-params': 'log-level=error:pools=1' },
    },
  },
  h264: {
    ...fullHd,
    name: 'h264.mp4',
    format: 'mp4',
    content: 'H.264, 1080p24, 10 Mbit/s',
    video: { encoder: 'libx264', gop: 96, bitRate: 10_000_000, options: x264 },
  },
};

/** Detail that grows without end, and some grain: as hard to encode as a film, which a test pattern is not. */
function sourceOf({ width, height, rate, seconds, isInterlaced = false }: PictureSpec): string {
  const fields = isInterlaced ? rate * 2 : rate;
  const zoom = `mandelbrot=size=${width}x${height}:rate=${fields}:end_pts=${fields * seconds}:end_scale=0.01`;
  return `${zoom},format=yuv420p,noise=alls=4:allf=t${isInterlaced ? ',interlace=lowpass=1' : ''}`;
}

/**
 * Makes the pictures that are not there yet, through the engine.
 * @param folder - where they are kept.
 * @param say - told what is being made.
 */
export async function preparePictures(folder: string, say: (line: string) => void): Promise<PictureFiles> {
  await using pool = createEnginePool();
  const make = async (spec: PictureSpec): Promise<PictureFile> => {
    const { content, width, height, rate, seconds, isInterlaced = false, video, format, name } = spec;
    const path = join(folder, `v${version}-${seconds}s-${name}`);
    if (!(await isThere(path))) {
      say(`making ${path}`);
      const made = { durationMs: seconds * 1000, video: [{ ...video, source: sourceOf(spec) }] };
      await synthesizeFile(pool, made, { path, format }, { deadlineMs: 1_800_000 });
    }
    const { size } = await stat(path);
    return { path, content, bytes: size, seconds, width, height, rate, isInterlaced };
  };
  const [mpeg2, mpeg4, tenBit, hevc, h264] = await Promise.all([
    make(SPECS.mpeg2),
    make(SPECS.mpeg4),
    make(SPECS.tenBit),
    make(SPECS.hevc),
    make(SPECS.h264),
  ]);
  return { mpeg2, mpeg4, tenBit, hevc, h264 };
}

/**
 * Copies a film into other containers, with the system's ffmpeg: only where there is one are they measured.
 * @param film - in Matroska.
 * @param folder - where they are kept.
 * @param say - told what is being made.
 */
export async function prepareContainers(
  film: BenchFile,
  folder: string,
  say: (line: string) => void,
): Promise<ContainerFiles> {
  const copy = async (name: string, format: string): Promise<BenchFile> => {
    const path = join(folder, name);
    const madeAt = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (madeAt < (await stat(film.path)).mtimeMs) {
      say(`making ${path}`);
      await runToNowhere(ffmpeg('-i', film.path, '-map', '0', '-c', 'copy', '-f', format, `${path}.part`));
      await rename(`${path}.part`, path);
    }
    return { ...film, path, bytes: (await stat(path)).size };
  };
  await rm(join(folder, 'film.mp4.part'), { force: true });
  return { mp4: await copy('film.mp4', 'mp4'), ts: await copy('film.ts', 'mpegts') };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
