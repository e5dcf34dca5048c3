import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FakeSegmentedMedia, untilAborted } from '../../test/support/fake-segmented-media.js';
import { EngineError, RequestError } from '../errors.js';
import type { SegmentBytes } from '../pipelines/segment/segmented-media.js';
import { packageHls, type PackageOptions, type PackageSummary } from './package.js';

const never = new AbortController().signal;
const version = '0123456789ab';

let folder: string;
let film: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segmint-package-'));
  film = join(folder, 'film.mkv');
  out = join(folder, 'films', 'film');
  await writeFile(film, 'bytes');
});
afterEach(async () => rm(folder, { recursive: true }));

async function pack(
  media: FakeSegmentedMedia,
  options: Partial<PackageOptions> = {},
  signal = never,
): Promise<{ printed: string; complained: string }> {
  let printed = '';
  let complained = '';
  const terminal = {
    print: (text: string) => void (printed += `${text}\n`),
    complain: (text: string) => void (complained += `${text}\n`),
    isInteractive: false,
  };
  await packageHls(film, { output: out, ...options }, terminal, signal, async (source) => {
    await source[Symbol.asyncDispose]();
    return media;
  });
  return { printed, complained };
}

/** Every file below a folder, by its path in it. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
}

describe('packageHls', () => {
  it('writes what a server would send, as files', async () => {
    const media = new FakeSegmentedMedia(version, { hasSubtitles: false });
    const told = await pack(media);
    assert.deepEqual(told, { printed: '', complained: '' }, 'silent in a pipe');
    const ids = [`a2-aac-${version}`, `v1-${version}`];
    const names = ['0.m4s', '1.m4s', '2.m4s', 'init.mp4', 'playlist.m3u8'];
    assert.deepEqual(await filesIn(out), [
      ...names.map((name) => `${ids[0]!}/${name}`),
      'master.m3u8',
      ...names.map((name) => `${ids[1]!}/${name}`),
    ]);
    for (const id of ids) {
      assert.equal(await readFile(join(out, id, 'init.mp4'), 'utf8'), `${id}/init`);
      assert.equal(await readFile(join(out, id, '2.m4s'), 'utf8'), `${id}/2`);
      assert.equal(await readFile(join(out, id, 'playlist.m3u8'), 'utf8'), media.mediaPlaylist(id));
    }
    assert.match(await readFile(join(out, 'master.m3u8'), 'utf8'), /^#EXTM3U\n#aac\+h264\n/);
    assert.equal(media.closings, 1);
  });

  it('copies what it is told beside what every browser plays', async () => {
    await pack(new FakeSegmentedMedia(version, { hasSubtitles: false }), {
      video: ['hevc'],
      audio: ['opus', 'aac'],
    });
    assert.match(await readFile(join(out, 'master.m3u8'), 'utf8'), /#aac\+h264\+hevc\+opus\n/);
  });

  it('prints a summary as JSON, and tells what was not made as planned', async () => {
    class Remarkable extends FakeSegmentedMedia {
      override async segment(...args: Parameters<FakeSegmentedMedia['segment']>): Promise<SegmentBytes> {
        const segment = await super.segment(...args);
        const remarks = args[0].startsWith('v') && args[1] > 0 ? [`encoded ${args[1]}\u001b`] : [];
        return { ...segment, remarks };
      }
    }
    const { printed, complained } = await pack(new Remarkable(undefined, { hasSubtitles: false }), {
      json: true,
    });
    assert.equal(complained, 'v1: segment 1: encoded 1 , and 1 more.\n');
    const summary = JSON.parse(printed) as PackageSummary;
    assert.deepEqual([summary.output, summary.durationSeconds, summary.bytes], [out, 15, 54]);
    assert.deepEqual(
      summary.renditions.map(({ id, segmentCount, bytes, remarks }) => [
        id,
        segmentCount,
        bytes,
        remarks.length,
      ]),
      [
        ['v1', 3, 19, 2],
        ['a2-aac', 3, 35, 0],
      ],
    );
  });

  it('refuses a folder that holds something, unless it is told otherwise', async () => {
    await mkdir(out, { recursive: true });
    await pack(new FakeSegmentedMedia(undefined, { hasSubtitles: false }));
    const media = new FakeSegmentedMedia(undefined, { hasSubtitles: false });
    await assert.rejects(
      pack(media),
      (error) => error instanceof RequestError && error.message.includes('--force'),
    );
    assert.deepEqual(media.made, []);
    await writeFile(join(out, 'mine.txt'), 'mine');
    await writeFile(join(out, 'v1', '0.m4s'), 'old and longer than the new');
    await pack(media, { force: true });
    assert.equal(await readFile(join(out, 'mine.txt'), 'utf8'), 'mine');
    assert.equal(await readFile(join(out, 'v1', '0.m4s'), 'utf8'), 'v1/0');
    await assert.rejects(pack(media, { output: film }), RequestError, 'a file is no folder');
  });

  it('leaves no half file and no multivariant playlist when a segment fails, and stops', async () => {
    const media = new FakeSegmentedMedia(undefined, { hasSubtitles: false });
    let calls = 0;
    media.beforeSegment = (signal) => {
      if (++calls === 5) return Promise.reject(new EngineError('no more'));
      return calls > 5 ? untilAborted(signal) : Promise.resolve();
    };
    await assert.rejects(pack(media), /no more/);
    const files = await filesIn(out);
    assert.ok(
      files.every((file) => /(?:init\.mp4|\d\.m4s)$/.test(file) && !file.includes('.part')),
      files.join(),
    );
    for (const file of files) {
      assert.equal(await readFile(join(out, file), 'utf8'), file.replace(/\.\w+$/, ''));
    }
    assert.ok(media.made.length < 8, 'the rest was not begun');
    assert.equal(media.closings, 1);
  });

  it('ends with its signal', async () => {
    const media = new FakeSegmentedMedia(undefined, { hasSubtitles: false });
    const interruption = new AbortController();
    const reason = new Error('Ctrl+C');
    media.beforeSegment = (signal) => {
      if (media.made.length < 6) return Promise.resolve();
      const waiting = untilAborted(signal);
      interruption.abort(reason);
      return waiting;
    };
    await assert.rejects(pack(media, {}, interruption.signal), reason);
    assert.ok((await filesIn(out)).every((file) => /(?:init\.mp4|\d\.m4s)$/.test(file)));
    assert.equal(media.closings, 1);
  });

  it('writes nothing when the source cannot be packaged', async () => {
    const media = new FakeSegmentedMedia(undefined, { hasSubtitles: false });
    media.initSegment = () => Promise.reject(new RequestError('no'));
    await assert.rejects(pack(media), RequestError);
    await assert.rejects(readdir(out), /ENOENT/);
  });
});
