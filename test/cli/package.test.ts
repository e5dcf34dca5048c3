import assert from 'node:assert/strict';
import { execFile, type ExecFileException } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import HLS from 'hls-parser';
import type { PackageSummary } from '../../src/cli/package.js';
import { createEnginePool } from '../../src/engine/pool.js';
import { decodingMessages, probe } from '../support/ffmpeg.js';
import { fixturePath, PICTURES, SOUNDS } from '../support/fixtures.js';
import { SubtitleFixtures } from '../support/subtitle-fixtures.js';
import { missingTools } from '../support/tools.js';

HLS.setOptions({ strictMode: true });

// The command as people run it, judged by a strict parser of playlists, by the files' sizes and by ffmpeg.

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');

interface Ended {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function command(args: readonly string[], stdin?: string): Promise<Ended> {
  return new Promise((resolve) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string): void =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    const child = execFile(process.execPath, [MAIN, 'package', ...args], done);
    if (stdin === undefined) child.stdin!.end();
    // The command may refuse it before it has read anything.
    else createReadStream(stdin).pipe(child.stdin!.on('error', () => undefined));
  });
}

/** Every file below a folder with its bytes, by its path in it. */
async function filesIn(path: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.sort().map(async (file) => [file.slice(path.length + 1), await readFile(file)] as const),
  );
  return new Map(files);
}

describe('segmint package', () => {
  let folder: string;
  let film: string;
  let out: string;
  let summary: PackageSummary;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-package-'));
    out = join(folder, 'film');
    await using engine = createEnginePool({ size: 1 });
    const source = 'testsrc2=size=480x270:rate=24000/1001';
    const spec = {
      durationMs: 20_000,
      video: [{ ...PICTURES.h264, source, gop: 48 }],
      audio: [
        { ...SOUNDS.eac3, language: 'eng' },
        { ...SOUNDS.ac3, language: 'ger' },
      ],
    };
    film = await fixturePath(engine, { name: 'h264-to-package', spec });
    const { code, stdout, stderr } = await command([film, '-o', out, '--dash', '--json']);
    assert.deepEqual([code, stderr], [0, '']);
    summary = JSON.parse(stdout) as PackageSummary;
  });
  after(async () => rm(folder, { recursive: true }));

  it('writes playlists that a strict parser reads, and every file that they name', async () => {
    const master = HLS.parse(await readFile(join(out, 'master.m3u8'), 'utf8')) as HLS.types.MasterPlaylist;
    const [variant] = master.variants;
    assert.deepEqual(
      variant!.audio.map(({ name, isDefault }) => [name, isDefault]),
      [
        ['English', true],
        ['German', false],
      ],
    );
    assert.equal(variant!.frameRate, 23.976);
    const named = new Set(['master.m3u8', 'manifest.mpd']);
    for (const uri of [variant!.uri, ...variant!.audio.map((one) => one.uri!)]) {
      const playlist = HLS.parse(await readFile(join(out, uri), 'utf8')) as HLS.types.MediaPlaylist;
      const id = uri.slice(0, uri.indexOf('/'));
      for (const file of ['playlist.m3u8', 'init.mp4', ...playlist.segments.map((segment) => segment.uri)]) {
        named.add(`${id}/${file}`);
      }
      assert.equal(playlist.segments.length, 4);
    }
    assert.deepEqual(new Set((await filesIn(out)).keys()), named);
  });

  it(
    'writes the subtitles that the playlists and the manifest name',
    { skip: missingTools('subtitles to package', 'ffmpeg') },
    async () => {
      using films = new SubtitleFixtures();
      films.write('cue.srt', '1\n00:00:01,000 --> 00:00:03,000\nHello\n');
      const tone = ['-f', 'lavfi', '-i', 'sine=duration=9', '-i', 'cue.srt', '-c:a', 'aac', '-c:s', 'srt'];
      const told = films.make('told.mkv', 'ffmpeg', tone);
      const { code, stderr } = await command([told, '-o', films.path('out'), '--dash']);
      assert.deepEqual([code, stderr], [0, '']);
      const files = await filesIn(films.path('out'));
      const text = (path: string): string => files.get(path)!.toString();
      const [, folderName] = /URI="(t2[^/]*)\/playlist\.m3u8"/.exec(text('master.m3u8'))!;
      assert.match(text(`${folderName}/playlist.m3u8`), /^0\.vtt$/m);
      const [, file] = /<BaseURL>(.*)<\/BaseURL>/.exec(text('manifest.mpd'))!;
      for (const path of [`${folderName}/0.vtt`, file!]) assert.match(text(path), /\nHello\n/);
    },
  );

  it('writes a manifest of DASH that ffmpeg plays as it plays the playlists', async () => {
    const path = join(out, 'manifest.mpd');
    assert.deepEqual(await decodingMessages(path, ['0'], 'warning'), []);
    const pictures = async (name: string): Promise<number | undefined> =>
      (await probe(join(out, name))).find(({ type }) => type === 'video')?.frames;
    assert.equal(await pictures('manifest.mpd'), await pictures('master.m3u8'));
  });

  it('states bandwidths that hold for every segment, and not much more', async () => {
    const master = HLS.parse(await readFile(join(out, 'master.m3u8'), 'utf8')) as HLS.types.MasterPlaylist;
    const [variant] = master.variants;
    const rates = await Promise.all(summary.renditions.map(async ({ id }) => await ratesOf(join(out, id))));
    const [video, ...audio] = rates;
    const real = video!.segments.map((rate, n) => rate + Math.max(...audio.map((one) => one.segments[n]!)));
    const peak = Math.max(...real);
    assert.ok(
      variant!.bandwidth >= peak && variant!.bandwidth < peak * 1.1,
      `${variant!.bandwidth}, ${peak}`,
    );
    const average = video!.average + Math.max(...audio.map((one) => one.average));
    const stated = variant!.averageBandwidth!;
    assert.ok(Math.abs(stated - average) < average * 0.1, `${stated}, ${average}`);
  });

  it('writes the same bytes again', async () => {
    const again = join(folder, 'again');
    const { code } = await command([film, '-o', again, '--dash']);
    assert.equal(code, 0);
    const [first, second] = [await filesIn(out), await filesIn(again)];
    assert.deepEqual([...second.keys()], [...first.keys()]);
    for (const [path, bytes] of first) assert.ok(bytes.equals(second.get(path)!), path);
  });

  it(
    'is decoded without a message, each picture once',
    { skip: missingTools('packaged files', 'ffmpeg', 'ffprobe') },
    async () => {
      const path = join(out, 'master.m3u8');
      assert.deepEqual(await decodingMessages(path), []);
      const [packaged, source] = await Promise.all([probe(path), probe(film)]);
      const framesOf = (streams: typeof source): number =>
        streams.find(({ type }) => type === 'video')!.frames;
      assert.equal(framesOf(packaged), framesOf(source));
      assert.equal(packaged.filter(({ type }) => type === 'audio').length, 2);
    },
  );

  it('refuses what cannot be read from anywhere, and leaves no trace', async () => {
    const to = join(folder, 'nothing');
    const { code, stderr } = await command(['-', '-o', to], film);
    assert.equal(code, 3);
    assert.match(stderr, /^segmint: Segments need a source that can be read from anywhere/);
    await assert.rejects(stat(to), /ENOENT/);
  });

  it('refuses a folder that is not empty, and no folder', async () => {
    const full = await command([film, '-o', out]);
    assert.deepEqual([full.code, full.stderr.includes('--force')], [2, true]);
    assert.equal((await command([film, '-o', '-'])).code, 2);
  });
});

/** Bits a second of the segments of a rendition, and of all together. */
async function ratesOf(folder: string): Promise<{ segments: number[]; average: number }> {
  const playlist = HLS.parse(
    await readFile(join(folder, 'playlist.m3u8'), 'utf8'),
  ) as HLS.types.MediaPlaylist;
  const sizes = await Promise.all(
    playlist.segments.map(async ({ uri }) => (await stat(join(folder, uri))).size * 8),
  );
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  return {
    segments: playlist.segments.map(({ duration }, n) => sizes[n]! / duration),
    average: sum(sizes) / sum(playlist.segments.map(({ duration }) => duration)),
  };
}
