/** Video whose palette changes in mid-stream: each picture looks as ffmpeg decodes it from the beginning on, wherever we begin. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { openWithLibav } from '../src/engine/demux/libav-demuxer.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { makePoster } from '../src/pipelines/stills/poster.js';
import { useEngineFolder } from './support/engine-folder.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { readRenditionApart } from './support/read-rendition.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('palettes that change', 'ffmpeg');

/** Colours that go round, each named: ffmpeg takes what is not by chance, whatever the seed, and a dull picture is no poster. */
const COLORS = 'c0=red:c1=lime:c2=blue:c3=yellow';
const SOURCE = `gradients=s=320x240:r=25:d=12:speed=0.02:nb_colors=4:seed=7:${COLORS},hue=H=t`;
const PALETTES = 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none';
/** A place in the middle, in pictures. */
const MIDDLE = 203;

describe('a palette that changes in mid-stream', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  before(() => {
    const whole = place.fileOf('whole.avi');
    const graph = `${SOURCE},${PALETTES},format=pal8`;
    ffmpeg('-f', 'lavfi', '-i', graph, '-c:v', 'rawvideo', whole);
    writeFileSync(place.fileOf('partial.avi'), withPartialChanges(readFileSync(whole)));
    writeFileSync(place.fileOf('absolute.avi'), withAbsoluteIndex(readFileSync(whole)));
  });

  it('is that of each picture in a stream', async () => {
    const { bytes } = await readUniversal(await open('whole'), { engine: place.engine, crf: 10 });
    check('whole', bytes, 0);
  });

  it('is right in segments that are made alone, the last one first', async () => {
    const openMedia = async (): Promise<SegmentedMedia> =>
      await openSegmented(await open('whole'), { engine: place.engine });
    await using media = await openMedia();
    const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
    assert.ok(renditions[0]!.segmentCount > 2);
    check('whole', joinBytes(await readRenditionApart(openMedia, renditions[0]!)), 0);
  });

  it('is right in a poster', async () => {
    await using source = await open('whole');
    const signal = new AbortController().signal;
    const jpeg = await makePoster(source, {
      engine: place.engine,
      width: 320,
      turn: (_, work) => work(signal),
    });
    const path = place.fileOf('poster.jpg');
    writeFileSync(path, jpeg);
    // The first place that is looked at, a fifth of the whole.
    const decibels = psnr(path, place.fileOf('whole.avi'), 60);
    assert.ok(decibels > 30, `${decibels} dB`);
  });

  for (const name of ['whole', 'absolute']) {
    it(`is right where a stream begins in the middle, of ${name} changes`, async () => {
      const options = { engine: place.engine, crf: 10, startMs: MIDDLE * 40 };
      const { bytes } = await readUniversal(await open(name), options);
      check(name, bytes, MIDDLE);
    });
  }

  it('is put together of changes of some colours', async () => {
    const path = place.fileOf('partial.avi');
    await using source = await openFile(path);
    await using demuxer = await openWithLibav(source, { path });
    for (const from of [MIDDLE, 0]) {
      let picture = from;
      for await (const batch of demuxer.samples({ startNs: from * 4e7 })) {
        for (const { palette, data } of batch) {
          if (picture++ % 37 !== 0) continue;
          const made = Buffer.from([...data].flatMap((color) => [...palette!.subarray(4 * color, 4 * color + 4)])); // prettier-ignore
          const pick = ['-vf', `select=eq(n\\,${picture - 1})`, '-frames:v', '1', '-pix_fmt', 'bgra'];
          const shown = execFileSync('ffmpeg', ['-v', 'error', '-i', path, ...pick, '-f', 'rawvideo', '-'], { maxBuffer: 1 << 20 }); // prettier-ignore
          assert.ok(made.equals(shown), `picture ${picture - 1}`);
        }
      }
    }
  });

  async function open(name: string): ReturnType<typeof openFile> {
    return await openFile(place.fileOf(`${name}.avi`));
  }

  function check(name: string, bytes: Uint8Array, from: number): void {
    const path = place.fileOf('made.mp4');
    writeFileSync(path, bytes);
    const decibels = psnr(path, place.fileOf(`${name}.avi`), from);
    assert.ok(decibels > 35, `${decibels} dB`);
  }
});

/** Has most changes be of some colours alone, behind ones of all. */
function withPartialChanges(avi: Buffer): Buffer {
  for (const [i, at] of changesIn(avi).entries()) {
    if (i % 16 === 0) continue;
    const [first, count] = [(i * 40) % 200, 50];
    const colors = Buffer.from(avi.subarray(at + 12 + 4 * first, at + 12 + 4 * (first + count)));
    avi.fill(0, at + 8, at + 8 + 1028);
    avi.set([first, count], at + 8);
    avi.set(colors, at + 12);
  }
  return avi;
}

/** Has the index count from the beginning of the file, as some programs do. */
function withAbsoluteIndex(avi: Buffer): Buffer {
  const list = avi.indexOf('movi');
  const index = avi.lastIndexOf('idx1');
  const end = index + 8 + avi.readUInt32LE(index + 4);
  for (let at = index + 8; at < end; at += 16) avi.writeUInt32LE(avi.readUInt32LE(at + 8) + list, at + 8);
  return avi;
}

/** Where the chunks of changes begin, as the index has it. */
function changesIn(avi: Buffer): number[] {
  const list = avi.indexOf('movi');
  const index = avi.lastIndexOf('idx1');
  const end = index + 8 + avi.readUInt32LE(index + 4);
  const found: number[] = [];
  for (let at = index + 8; at < end; at += 16) {
    if (avi.toString('latin1', at, at + 4) === '00pc') found.push(list + avi.readUInt32LE(at + 8));
  }
  assert.ok(found.length > 200);
  return found;
}

/** How alike the luma of the least alike picture is, from one of the source on: palettes in part make noise of chroma. */
function psnr(made: string, source: string, from: number): number {
  const form = 'settb=1/25,setpts=N,format=yuv444p,extractplanes=y';
  const graph = `[0:v]${form}[a];[1:v]trim=start_frame=${from},${form}[b];[a][b]psnr=shortest=1`;
  const { stderr } = spawnSync('ffmpeg', ['-nostdin', '-i', made, '-i', source, '-lavfi', graph, '-f', 'null', '-'], { encoding: 'utf8' }); // prettier-ignore
  return parseFloat(/min:(\S+)/.exec(stderr)?.[1] ?? 'NaN');
}

function ffmpeg(...args: readonly string[]): void {
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]);
}
