/** The files that are measured: made once, through the engine, and kept in the system's folder for temporary files. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnginePool } from '../../src/engine/pool.js';
import { SURROUND_SOURCE } from '../../src/engine/demo-sound.js';
import { synthesizeFile, type SynthesisSpec } from '../../src/engine/synthesis.js';
import { openFile } from '../../src/io/file.js';
import { openMatroska } from '../../src/matroska/demuxer.js';
import type { Sample } from '../../src/media/sample.js';
import { writeJoined, type Clip } from './join-matroska.js';
import { prepareContainers, preparePictures, type ContainerFiles, type PictureFiles } from './pictures.js';

/** A file that is measured. */
export interface BenchFile {
  /** Where it is. */
  readonly path: string;
  /** What is in it, for people. */
  readonly content: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** Its length in seconds. */
  readonly seconds: number;
}

/** All files. */
export interface BenchMedia {
  /** A film of high quality, with sound that is copied. */
  readonly film: BenchFile;
  /** The same pictures, with sound that has to be encoded. */
  readonly surround: BenchFile;
  /** Small pictures with either sound: 2 minutes, 30 minutes, 2 hours. */
  readonly lengths: readonly [BenchFile, BenchFile, BenchFile];
  /** The film in other containers; undefined without ffmpeg, which copies it into them. */
  readonly containers: ContainerFiles | undefined;
  /** Pictures that no browser plays. */
  readonly pictures: PictureFiles;
}

const aac = {
  encoder: 'aac',
  source: 'sine=frequency=440',
  sampleRate: 48_000,
  layout: 'stereo',
  bitRate: 192_000,
};
const eac3 = {
  encoder: 'eac3',
  source: SURROUND_SOURCE,
  sampleRate: 48_000,
  layout: '5.1',
  bitRate: 640_000,
};

/** 8 s are whole numbers of frames: 192 pictures, 375 of AAC, 250 of E-AC-3. */
const clipMs = 8000;

function clipSpec(size: string, bitRate: number): SynthesisSpec {
  return {
    durationMs: clipMs,
    video: [
      {
        encoder: 'libx264',
        source: `testsrc2=size=${size}:rate=24,noise=alls=12:allf=t`,
        gop: 48,
        maxBFrames: 2,
        bitRate,
        options: {
          preset: 'superfast',
          'x264-params': `open-gop=0:vbv-maxrate=${bitRate / 1000}:vbv-bufsize=${bitRate / 1000}`,
        },
      },
    ],
    audio: [aac, eac3],
  };
}

const large = clipSpec('1920x1080', 20_000_000);
const small = clipSpec('1280x720', 1_200_000);

/** Track numbers in the clips. */
export const track = { video: 1, aac: 2, eac3: 3 } as const;

/** Part of the folder's name: what is made changes with it. */
const version = 2;

/**
 * Makes what is not there yet.
 * @param say - told what is being made.
 * @param withFfmpeg - whether there is one.
 */
export async function prepareMedia(say: (line: string) => void, withFfmpeg: boolean): Promise<BenchMedia> {
  const folder = join(tmpdir(), `segmint-bench-${version}`);
  await mkdir(folder, { recursive: true });
  await using maker = new Maker(folder, say);
  const { video, aac, eac3 } = track;
  const film = await maker.make('film', large, [video, aac], 60, '1080p24 H.264 at 20 Mbit/s, AAC stereo');
  return {
    film,
    containers: withFfmpeg ? await prepareContainers(film, folder, say) : undefined,
    pictures: await preparePictures(folder, say),
    surround: await maker.make(
      'surround',
      large,
      [video, eac3],
      30,
      '1080p24 H.264 at 20 Mbit/s, E-AC-3 5.1',
    ),
    lengths: [
      await maker.make('2min', small, [video, aac, eac3], 15, smallContent),
      await maker.make('30min', small, [video, aac, eac3], 225, smallContent),
      await maker.make('2h', small, [video, aac, eac3], 900, smallContent),
    ],
  };
}

const smallContent = '720p24 H.264 at 1.2 Mbit/s, AAC stereo, E-AC-3 5.1';

class Maker implements AsyncDisposable {
  readonly #folder: string;
  readonly #say: (line: string) => void;
  readonly #clips = new Map<SynthesisSpec, Promise<Clip>>();
  #pool: ReturnType<typeof createEnginePool> | undefined;

  constructor(folder: string, say: (line: string) => void) {
    this.#folder = folder;
    this.#say = say;
  }

  async make(
    name: string,
    spec: SynthesisSpec,
    trackIds: readonly number[],
    repetitions: number,
    content: string,
  ): Promise<BenchFile> {
    const path = join(this.#folder, `${name}.mkv`);
    const recipePath = join(this.#folder, `${name}.json`);
    const recipe = JSON.stringify({ spec, trackIds, repetitions });
    if ((await readFile(recipePath, 'utf8').catch(() => undefined)) !== recipe) {
      this.#say(`making ${path}`);
      await rm(recipePath, { force: true });
      await writeJoined(selectTracks(await this.#clip(spec), trackIds), repetitions, path);
      await writeFile(recipePath, recipe);
    }
    const { size } = await stat(path);
    return { path, content, bytes: size, seconds: (clipMs / 1000) * repetitions };
  }

  #clip(spec: SynthesisSpec): Promise<Clip> {
    const known = this.#clips.get(spec);
    if (known !== undefined) return known;
    const clip = this.#makeClip(spec);
    this.#clips.set(spec, clip);
    return clip;
  }

  async #makeClip(spec: SynthesisSpec): Promise<Clip> {
    this.#pool ??= createEnginePool({ size: 1 });
    const path = join(this.#folder, 'clip.mkv');
    await synthesizeFile(this.#pool, spec, { path, format: 'matroska' }, { deadlineMs: 300_000 });
    await using source = await openFile(path);
    const demuxer = await openMatroska(source);
    const samples: Sample[] = [];
    for await (const batch of demuxer.samples()) samples.push(...batch);
    await rm(path);
    const tracks = demuxer.info.tracks.filter((track) => track.type !== 'subtitle');
    return { tracks, samples, durationMs: clipMs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
  }
}

function selectTracks(clip: Clip, ids: readonly number[]): Clip {
  return {
    tracks: clip.tracks.filter(({ id }) => ids.includes(id)),
    samples: clip.samples.filter(({ trackId }) => ids.includes(trackId)),
    durationMs: clip.durationMs,
  };
}
