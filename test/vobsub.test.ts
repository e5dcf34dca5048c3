import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import type { SubtitleFileForm } from '../src/pipelines/subtitles/source-subtitles.js';
import { bytes } from './support/ebml-writer.js';
import { buildPictureFile } from './support/picture-subtitles.js';
import { readText } from './support/read-text.js';
import { SegmintServer } from './support/segmint-server.js';
import { SubtitleFixtures } from './support/subtitle-fixtures.js';
import { missingTools } from './support/tools.js';

// Pictures of a DVD in Matroska, encoded by ffmpeg and merged by mkvmerge, against what mkvextract takes out again, and what
// ffmpeg decodes of it.

const skip = missingTools('VobSub', 'ffmpeg', 'ffprobe', 'mkvmerge');
const ALL = { startMs: 0, endMs: Infinity };
const SHOWN = [
  { startMs: 1000, width: 64, height: 32, isNoise: false },
  // Longer than three packs.
  { startMs: 5120, width: 160, height: 120, isNoise: true },
  { startMs: 30_000, width: 48, height: 16, isNoise: false },
  { startMs: 40_003, width: 48, height: 20, isNoise: true },
];
/** The date at which ffmpeg lets them go, since PGS does not say it; and two seconds, both in 1024 ticks of 90 kHz. */
const [NEVER, TWO_SECONDS] = [0xffff, 176];

describe('VobSub', { skip }, () => {
  let films: SubtitleFixtures;
  let film: string;

  before(() => {
    films = new SubtitleFixtures();
    films.write('pictures.sup', buildPictureFile(SHOWN));
    films.write('blank.srt', '1\n00:00:00,000 --> 00:00:01,000\nFrom zero on\n');
    const inputs = ['-i', 'blank.srt', '-i', 'pictures.sup', '-map', '0', '-map', '1', '-copyts'];
    const encoded = films.make('encoded.mkv', 'ffmpeg', [...inputs, '-c:s:0', 'srt', '-c:s:1', 'dvdsub']);
    extract(encoded, 'merged');
    // Which has put the durations of the file there.
    endAfterTwoSeconds(films.path('merged.sub'));
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=45', '-c:a', 'flac'];
    films.make('tone.mkv', 'ffmpeg', tone);
    // It compresses pictures unless told otherwise, and takes their durations out of them.
    film = films.make('film.mkv', 'mkvmerge', [
      ...['--timestamp-scale', '1000000', 'tone.mkv'],
      ...['--language', '0:de', 'merged.idx'],
    ]);
  });
  after(() => films[Symbol.dispose]());

  function extract(path: string, name: string): void {
    execFileSync('mkvextract', [path, 'tracks', `1:${films.path(name)}`], { stdio: 'ignore' });
  }

  /** Writes the pair of a film into the folder. */
  async function writePair(media: SegmentedMedia, name: string, range = ALL): Promise<void> {
    const { id } = media.subtitles!.descriptions[0]!;
    const file = async (form: SubtitleFileForm): Promise<Uint8Array> => {
      const parts: Uint8Array[] = [];
      for await (const chunk of media.subtitles!.file(id, form, range)) parts.push(chunk);
      return bytes(...parts);
    };
    films.write(`${name}.idx`, await file('idx'));
    films.write(`${name}.sub`, await file('sub'));
  }

  /** What ffprobe reads of a pair: when each picture comes, and a hash of its unit. */
  function packetsOf(name: string): string[] {
    const args = ['-v', 'error', '-show_data_hash', 'md5', '-of', 'csv=p=0'];
    const entries = 'packet=pts_time,size,data_hash';
    const path = films.path(name);
    return execFileSync('ffprobe', [...args, '-show_entries', entries, path], { encoding: 'utf8' })
      .trim()
      .split('\n');
  }

  it('is the pair that mkvextract writes, and shows the same', async () => {
    await using media = await openSegmented(await openFile(film));
    const [found] = media.subtitles!.descriptions;
    assert.deepEqual(
      [found!.kind, found!.originalType, found!.language, media.subtitles!.texts.length],
      ['bitmap', 'vobsub', 'de', 0],
    );
    await writePair(media, 'own');
    extract(film, 'theirs');
    const own = readFileSync(films.path('own.idx'), 'utf8');
    const theirs = readFileSync(films.path('theirs.idx'), 'utf8');
    const entries = (index: string): string[] => index.match(/^(?:size|palette|id|timestamp):.*$/gm) ?? [];
    assert.equal(entries(own).length, 3 + SHOWN.length);
    assert.deepEqual(entries(own), entries(theirs));
    assert.ok(readFileSync(films.path('own.sub')).equals(readFileSync(films.path('theirs.sub'))));
    assert.deepEqual(packetsOf('own.idx'), packetsOf('theirs.idx'));
    assert.deepEqual(picturesOf('own.idx'), picturesOf('film.mkv'));
  });

  it('has what is shown in a part of the film', async () => {
    await using media = await openSegmented(await openFile(film));
    await writePair(media, 'all');
    const all = packetsOf('all.idx');
    const parts = [
      [{ startMs: 6000, endMs: 30_001 }, [1, 2]],
      [{ startMs: 7200, endMs: 40_000 }, [2]],
      [{ startMs: 1000, endMs: 1001 }, [0]],
    ] as const;
    for (const [range, expected] of parts) {
      await writePair(media, 'part', range);
      assert.deepEqual(
        packetsOf('part.idx'),
        expected.map((n) => all[n]),
      );
    }
    const { id } = media.subtitles!.descriptions[0]!;
    const none = { startMs: 10_000, endMs: 11_000 };
    assert.equal(await readText(media.subtitles!.file(id, 'sub', none)), '');
    assert.throws(() => media.subtitles!.file(id, 'sup', ALL), /no such subtitle/);
    await assert.rejects(readText(media.subtitles!.file(id, 'vtt', ALL)), /no such subtitle/);
  });

  it('is offered where a pair lies beside a film, and what is sent of it shows the same', async () => {
    for (const ending of ['idx', 'sub'])
      films.write(`tone.fr.forced.${ending}`, readFileSync(films.path(`merged.${ending}`)));
    const server = await SegmintServer.start([films.path('tone.mkv')], '--store', 'none');
    try {
      const { items } = (await (await fetch(new URL('library.json', server.url))).json()) as {
        items: readonly { ref: string }[];
      };
      const fetchOf = async (path: string): Promise<Response> =>
        await fetch(new URL(`m/${items[0]!.ref}/${path}`, server.url));
      const { subtitles } = (await (await fetchOf('info.json')).json()) as {
        subtitles: readonly Record<string, unknown>[];
      };
      const { kind, originalType, language, isForced, url, original } = subtitles[0]!;
      assert.deepEqual(
        [subtitles.length, kind, originalType, language, isForced, url],
        [1, 'bitmap', 'vobsub', 'fr', true, undefined],
      );
      const writeServed = async (query: string): Promise<void> => {
        for (const ending of ['idx', 'sub']) {
          const answer = await fetchOf(`${String(original).replace(/idx$/, ending)}${query}`);
          assert.equal(answer.status, 200, ending);
          films.write(`served.${ending}`, new Uint8Array(await answer.arrayBuffer()));
        }
      };
      await writeServed('');
      const all = packetsOf('merged.idx');
      assert.deepEqual(packetsOf('served.idx'), all);
      assert.deepEqual(picturesOf('served.idx'), picturesOf('film.mkv'));
      await writeServed('?start=20&end=40');
      // What may still be shown when the part begins is part of it.
      assert.deepEqual(packetsOf('served.idx'), [all[1], all[2]]);
      assert.equal((await fetchOf(String(original).replace('.idx', '.sup'))).status, 404);
      // HLS has no room for pictures.
      const master = await (await fetchOf('master.m3u8')).text();
      assert.doesNotMatch(master, /SUBTITLES/);
    } finally {
      await server.stop();
    }
  });

  /** Lets ffmpeg lay the pictures over black, twice a second. */
  function picturesOf(name: string): string[] {
    const black = ['-f', 'lavfi', '-i', 'color=black:size=720x480:rate=2:duration=44'];
    const laid = ['-filter_complex', '[0:v][1:s]overlay', '-an', '-f', 'framemd5', '-'];
    const args = ['-nostdin', '-v', 'error', ...black, '-i', films.path(name), ...laid];
    const sums = execFileSync('ffmpeg', args, { encoding: 'utf8' })
      .split('\n')
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(',').at(-1)!.trim());
    // Black, and four pictures.
    assert.equal(new Set(sums).size, 1 + SHOWN.length);
    return sums;
  }

  function endAfterTwoSeconds(path: string): void {
    const file = new Uint8Array(readFileSync(path));
    const view = new DataView(file.buffer);
    let ends = 0;
    for (let at = 0; at + 6 <= file.length; at++) {
      // The last control sequence of a unit: its date, its own place, to stop, the end.
      if (view.getUint16(at) !== NEVER || file[at + 4] !== 2 || file[at + 5] !== 0xff) continue;
      view.setUint16(at, TWO_SECONDS);
      ends++;
    }
    assert.equal(ends, SHOWN.length);
    writeFileSync(path, file);
  }
});
