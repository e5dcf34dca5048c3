/**
 * Program streams of which a packet holds several pictures: the time of the first is stated, those of the others follow
 * from the order in which they are shown. What is shown, and when, is judged by what ffmpeg decodes, and by the same
 * pictures in MP4.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import type { Source } from '../src/media/source.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { checkShownPictures } from './support/shown-pictures.js';
import { stampedSource } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('program streams with several pictures a packet', 'ffmpeg', 'ffprobe');
const [WIDTH, HEIGHT, PICTURES] = [160, 96, 400];

/** How each is encoded, and what has it as a byte stream with its headers. */
const AVC = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '250k', '-g', '50', '-sc_threshold', '0'];
const FORMS: Readonly<Record<string, { readonly encode: readonly string[]; readonly filter: string }>> = {
  pyramid: { encode: [...AVC, '-bf', '3', '-refs', '4'], filter: 'h264_mp4toannexb' },
  flat: { encode: [...AVC, '-bf', '2', '-x264-params', 'b-pyramid=none'], filter: 'h264_mp4toannexb' },
  plain: { encode: [...AVC, '-bf', '0'], filter: 'h264_mp4toannexb' },
  interlaced: {
    encode: [...AVC, '-bf', '2', '-flags', '+ildct+ilme', '-x264-params', 'tff=1'],
    filter: 'h264_mp4toannexb',
  },
  hevc: {
    encode: [
      '-c:v',
      'libx265',
      '-preset',
      'fast',
      '-x265-params',
      'bframes=4:b-pyramid=1:keyint=50:log-level=none',
    ],
    filter: 'hevc_mp4toannexb',
  },
  asp: { encode: ['-c:v', 'mpeg4', '-b:v', '300k', '-bf', '2', '-g', '25'], filter: 'dump_extra' },
  mpeg2: { encode: ['-c:v', 'mpeg2video', '-b:v', '400k', '-bf', '2', '-g', '12'], filter: 'null' },
  mpeg1: { encode: ['-c:v', 'mpeg1video', '-b:v', '400k', '-bf', '2', '-g', '12'], filter: 'null' },
};

/** Those that are tried without a container, too: their times are counted. */
const BARE = ['mpeg1', 'mpeg2'] as const;

describe('video of which the times of some pictures are stated', { skip, timeout: 300_000 }, () => {
  let engine: EnginePool;
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);

  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-program-stream-'));
    const sound = ['-f', 'lavfi', '-i', `sine=r=48000:d=${PICTURES / 25}`, '-c:a', 'mp2', '-b:a', '64k'];
    const source = `${stampedSource(WIDTH, HEIGHT)},noise=alls=12:allf=t`;
    for (const [name, { encode, filter }] of Object.entries(FORMS)) {
      const format = ['-pix_fmt', 'yuv420p', '-threads', '1', '-frames:v', String(PICTURES)];
      ffmpeg(['-f', 'lavfi', '-i', source, ...sound, ...format, ...encode, fileOf(`${name}.mp4`)]);
      const times = name === 'flat' ? ['-output_ts_offset', String(2 ** 33 / 90_000 - 8)] : [];
      const copy = ['-i', fileOf(`${name}.mp4`), '-c', 'copy', '-bsf:v', filter, ...times];
      ffmpeg([...copy, '-f', 'vob', fileOf(`${name}.mpg`)]);
    }
    for (const name of BARE) {
      ffmpeg(['-i', fileOf(`${name}.mp4`), '-c', 'copy', '-an', '-f', `${name}video`, fileOf(name)]);
    }
  });

  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of Object.keys(FORMS)) {
    it(`shows all pictures of ${name} in order and at their times, as a stream and in segments`, async () => {
      const whole = await readUniversal(await openFile(fileOf(`${name}.mpg`)), { engine });
      check(name, 'stream', whole.bytes);
      check(name, 'segments', joinBytes(await segments(name, false)));
    });

    it(`makes the same of ${name} where it can be read only once`, async () => {
      const whole = await readUniversal(streamFile(fileOf(`${name}.mpg`)), { engine });
      check(name, 'pipe', whole.bytes);
    });
  }

  for (const name of BARE) {
    it(`shows all pictures of bare ${name} equally long`, async () => {
      const { bytes } = await readUniversal(await openFile(fileOf(name)), { engine });
      const shown = { width: WIDTH, height: HEIGHT, pictures: PICTURES, lastsMs: 40 };
      checkShownPictures(fileOf(`${name}-bare.mp4`), bytes, shown);
    });
  }

  it('makes a segment alone as it makes it behind others', async () => {
    assert.deepEqual(await segments('pyramid', true), await segments('pyramid', false));
  });

  /** @param apart - each by a reader of its own, the last one first. */
  async function segments(name: string, apart: boolean): Promise<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    await using first = await open(name);
    const { id, segmentCount } = first.describe({ ...everyBrowserTarget, ladder: 'none' }).renditions[0]!;
    const numbers = Array.from({ length: segmentCount }, (_, i) => i);
    for (const number of apart ? numbers.toReversed() : numbers) {
      if (!apart) parts.push(joinBytes((await first.segment(id, number)).chunks));
      else {
        await using alone = await open(name);
        parts.unshift(joinBytes((await alone.segment(id, number)).chunks));
      }
    }
    return [joinBytes((await first.initSegment(id)).chunks), ...parts];
  }

  async function open(name: string): Promise<SegmentedMedia> {
    return await openSegmented(await openFile(fileOf(`${name}.mpg`)), { engine });
  }

  function check(name: string, form: string, bytes: Uint8Array): void {
    // Sound and picture are as far apart as in what the pictures were taken from; the first of the two is at zero.
    const [picture, sound] = ['v', 'a'].map((type) => firstMs(fileOf(`${name}.mp4`), type));
    const fromMs = Math.max(0, picture! - sound!);
    const shown = { width: WIDTH, height: HEIGHT, pictures: PICTURES, lastsMs: 40, fromMs };
    checkShownPictures(fileOf(`${name}-${form}.mp4`), bytes, shown);
  }
});

/** A file as it comes through a pipe. */
function streamFile(path: string): Source {
  return openIterable(createReadStream(path, { highWaterMark: 10_000 }), { name: path });
}

function ffmpeg(args: readonly string[]): void {
  // Of multiplexing it warns that a buffer runs empty: a player's, of which nothing is asked here.
  execFileSync('ffmpeg', ['-nostdin', '-v', 'fatal', '-y', ...args]);
}

function firstMs(path: string, type: string): number {
  const entries = ['-select_streams', type, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const said = execFileSync('ffprobe', ['-v', 'error', ...entries, path], { encoding: 'utf8' });
  const times = said.split('\n').filter((line) => line !== '');
  return Math.min(...times.map((time) => parseFloat(time))) * 1000;
}
