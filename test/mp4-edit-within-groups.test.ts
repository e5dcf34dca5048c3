/**
 * Edit lists of MP4 that begin and end within groups of pictures. Each picture shows its number, so that a decoder tells which ones
 * are shown, and when; what ffmpeg, which follows such lists, shows of the sources themselves is the same, where it can decode them.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { UniversalOptions } from '../src/pipelines/universal-options.js';
import { writeEdits } from './support/edited-mp4.js';
import * as mp4 from './support/mp4-writer.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { joinSegments } from './support/segment-bytes.js';
import { readStamps, stampedSource } from './support/stamped-video.js';
import { missingTools } from './support/tools.js';

const RATE = 25;
const WIDTH = 320;
const HEIGHT = 64;
const SECONDS = 16;
const SOUND_OFFSET = 1024;

/** From and up to a second of the media. */
type Part = readonly [from: number, to: number];

/** Kinds of video, and ticks by which their first picture is shown late. */
const KINDS = {
  'H.264 of closed groups': { codec: 'libx264 -preset ultrafast -g 50 -bf 2', offset: 1024 },
  'H.264 of open groups': {
    codec: 'libx264 -preset ultrafast -g 50 -bf 3 -x264-params open-gop=1:b-pyramid=normal:scenecut=0',
    offset: 1024,
  },
  'HEVC of open groups': {
    codec: 'libx265 -preset ultrafast -x265-params log-level=none:keyint=50:bframes=3:open-gop=1',
    offset: 1024,
  },
  'MPEG-4': { codec: 'mpeg4 -g 50 -bf 2', offset: 512 },
} as const;
type Kind = keyof typeof KINDS;

/** Begins and ends within groups; the second and third need the same group; the fifth begins with one. */
const PARTS: readonly Part[] = [[0.4, 1.32], [2.48, 3.08], [3.4, 3.6], [3.64, 5.2], [8, 9.04], [11.96, 15.8]]; // prettier-ignore

function secondsOf(parts: readonly Part[]): number {
  return parts.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** A picture that is shown, and the second at which it is. */
type Shown = readonly [number: number, seconds: number];

const isJudged = missingTools('edit lists of MP4 within groups of pictures', 'ffmpeg', 'ffprobe');

describe('edit lists of MP4 that cut within groups of pictures', { skip: isJudged }, () => {
  let folder: string;
  let engine: EnginePool;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-edits-'));
    engine = createEnginePool({ size: 2 });
  });

  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const made = new Map<Kind, string>();

  /** A file of some kind that shows some parts, with so many seconds of empty time before the second of them. */
  function fileOf(kind: Kind, parts: readonly Part[], gap = 0): string {
    const { codec, offset } = KINDS[kind];
    const whole = made.get(kind) ?? join(folder, `${made.size}.mp4`);
    if (!made.has(kind)) {
      const sound = ['-f', 'lavfi', '-i', 'sine=frequency=500:sample_rate=48000'];
      const picture = ['-f', 'lavfi', '-i', `${stampedSource(WIDTH, HEIGHT)},format=yuv420p`];
      const length = ['-t', String(SECONDS), '-c:a', 'aac', '-c:v', ...codec.split(' ')];
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...picture, ...sound, ...length, whole]);
      made.set(kind, whole);
    }
    const path = join(folder, 'edited.mp4');
    copyFileSync(whole, path);
    writeEdits(path, (track) => {
      const [timescale, late] = track === 0 ? [12_800, offset] : [48_000, SOUND_OFFSET];
      const entries = parts.map(([from, to]) => [Math.round((to - from) * 1000), Math.round(from * timescale) + late] as const); // prettier-ignore
      const empty = gap > 0 ? [[gap * 1000, 0xffffffff] as const] : [];
      return mp4.edits(...entries.slice(0, 1), ...empty, ...entries.slice(1));
    });
    return path;
  }

  /** Decodes a file with ffmpeg. */
  function shownBy(path: string): Shown[] {
    const args = ['-nostdin', '-v', 'quiet', '-i', path, '-map', '0:v', '-fps_mode', 'passthrough'];
    const raw = ['-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
    const pixels = execFileSync('ffmpeg', [...args, ...raw], { maxBuffer: 2 ** 30 });
    const entries = ['-select_streams', 'v', '-show_entries', 'frame=best_effort_timestamp_time'];
    const times = execFileSync('ffprobe', ['-v', 'quiet', ...entries, '-of', 'csv=p=0', path]).toString();
    const seconds = times.trim().split('\n').map(parseFloat);
    return readStamps(pixels, WIDTH, HEIGHT).map((number, i) => [number, seconds[i]!]);
  }

  /** When the sound of a file ends, in seconds. */
  function soundOf(path: string): number {
    const entries = [
      '-select_streams',
      'a',
      '-show_entries',
      'packet=pts_time,duration_time',
      '-of',
      'csv=p=0',
    ];
    const rows = String(execFileSync('ffprobe', ['-v', 'error', ...entries, path]));
    const [time, duration] = rows.trim().split('\n').at(-1)!.split(',').map(Number);
    return time! + duration!;
  }

  /** What a list says that is shown. */
  function expected(parts: readonly Part[], gap = 0): Shown[] {
    let at = 0;
    return parts.flatMap(([from, to], i) => {
      if (i === 1) at += gap;
      const first = Math.round(from * RATE);
      const count = Math.round(to * RATE) - first;
      const begun = at;
      at += to - from;
      return Array.from({ length: count }, (_, n): Shown => [first + n, begun + n / RATE]);
    });
  }

  function assertShown(actual: readonly Shown[], wanted: readonly Shown[]): void {
    assert.deepEqual(actual.map(([number]) => number), wanted.map(([number]) => number)); // prettier-ignore
    for (const [i, [number, seconds]] of wanted.entries()) {
      assert.ok(Math.abs(actual[i]![1] - seconds) < 0.002, `${number} at ${actual[i]![1]}, not ${seconds}`);
    }
  }

  async function streamOf(path: string, options: UniversalOptions = {}): Promise<Shown[]> {
    const { bytes } = await readUniversal(await openFile(path), { engine, ...options });
    const out = join(folder, 'stream.mp4');
    writeFileSync(out, bytes);
    return shownBy(out);
  }

  async function segmentsOf(path: string): Promise<{ shown: Shown[]; count: number; reason: string }> {
    await using media = await openSegmented(await openFile(path), { engine });
    const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
    const { id, segmentCount, decision } = renditions[0]!;
    const segments: Uint8Array[] = [];
    // From the end to the beginning: none knows of another.
    for (let number = segmentCount - 1; number >= 0; number--) {
      segments.unshift(joinBytes((await media.segment(id, number)).chunks));
    }
    const out = join(folder, 'segments.mp4');
    writeFileSync(out, joinSegments(joinBytes((await media.initSegment(id)).chunks), segments));
    return { shown: shownBy(out), count: segmentCount, reason: decision.reason };
  }

  for (const kind of Object.keys(KINDS) as Kind[]) {
    it(`are carried out to the picture by encoding anew: ${kind}`, { timeout: 240_000 }, async () => {
      const path = fileOf(kind, PARTS);
      const wanted = expected(PARTS);
      // ffmpeg's decoder takes the pictures of open groups for those before the cut.
      const isOpen = kind.includes('open');
      if (!isOpen) assert.deepEqual(shownBy(path).map(([number]) => number), wanted.map(([number]) => number)); // prettier-ignore
      assertShown(await streamOf(path), wanted);
      // Sound is cut between its frames.
      assert.ok(Math.abs(soundOf(join(folder, 'stream.mp4')) - secondsOf(PARTS)) < 0.04);
      const { shown, count, reason } = await segmentsOf(path);
      assert.ok(count > 1);
      assertShown(shown, wanted);
      if (kind.startsWith('H.264')) assert.match(reason, /edit list cuts within groups/);
    });
  }

  it('keep time empty between parts', { timeout: 240_000 }, async () => {
    const path = fileOf('H.264 of open groups', PARTS, 1.2);
    const wanted = expected(PARTS, 1.2);
    assertShown(await streamOf(path), wanted);
    // What is shown across a cut of segments is shown again behind it.
    const { shown } = await segmentsOf(path);
    const numbers = new Set(shown.map(([number]) => number));
    assert.deepEqual([...numbers], wanted.map(([number]) => number)); // prettier-ignore
  });

  it('show parts of a picture or two', { timeout: 240_000 }, async () => {
    const parts: readonly Part[] = [[0, 0.04], [2.96, 3], [3.04, 3.08], [15.88, 15.96]]; // prettier-ignore
    const path = fileOf('HEVC of open groups', parts);
    assertShown(await streamOf(path), expected(parts));
    assertShown((await segmentsOf(path)).shown, expected(parts));
  });

  it('give what is shown from any second on', { timeout: 240_000 }, async () => {
    const path = fileOf('HEVC of open groups', PARTS);
    const wanted = expected(PARTS);
    for (const start of [0.8, 0.92, 1.6, 4.28]) {
      const from = wanted.findLastIndex(([, seconds]) => seconds <= start + 0.001);
      const numbers = (await streamOf(path, { startMs: start * 1000 })).map(([number]) => number);
      assert.deepEqual(numbers, wanted.slice(from).map(([number]) => number), `from ${start} s`); // prettier-ignore
    }
  });

  it('are followed at their beginning where video is to be copied', { timeout: 240_000 }, async () => {
    const path = fileOf('H.264 of closed groups', PARTS);
    const numbers = (await streamOf(path, { video: 'copy' })).map(([number]) => number);
    assert.deepEqual(
      numbers,
      Array.from({ length: SECONDS * RATE }, (_, n) => n),
    );
  });

  for (const kind of ['H.264 of closed groups', 'H.264 of open groups', 'HEVC of open groups'] as const) {
    it(`show nothing behind their end: ${kind}`, { timeout: 240_000 }, async () => {
      for (const end of [9.4, 9.44, 9.48, 9.52]) {
        const parts: readonly Part[] = [[0, end]];
        const path = fileOf(kind, parts);
        const wanted = expected(parts);
        assertShown(await streamOf(path, { video: 'h264' }), wanted);
        for (const copied of [await streamOf(path), (await segmentsOf(path)).shown]) {
          const numbers = copied.map(([number]) => number);
          assert.deepEqual(numbers, wanted.slice(0, copied.length).map(([number]) => number)); // prettier-ignore
          // Those that need a picture behind the end are left out with it.
          assert.ok(wanted.length - copied.length <= 3, `${copied.length} of ${wanted.length} pictures`);
        }
      }
    });
  }
});
