import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import type { ReadOptions, Source } from '../src/media/source.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import type { SegmentedMedia } from '../src/pipelines/segment/segmented-media.js';
import { bytes } from './support/ebml-writer.js';
import { readText } from './support/read-text.js';
import {
  cueTimes,
  FILM_CODECS,
  MINUTE_OF_FILM,
  SubtitleFixtures,
  writeSubrip,
} from './support/subtitle-fixtures.js';
import { missingTools } from './support/tools.js';
import { extractWebvtt, readWebvtt, type ReadCue } from './support/webvtt-cues.js';

// Subtitles of films as ffmpeg and mkvmerge write them, against what ffmpeg and mkvextract read of them.

const skip = missingTools('subtitles', 'ffmpeg', 'mkvmerge');
const ALL = { startMs: 0, endMs: Infinity };

const STYLED_WEBVTT = `WEBVTT

named
00:00:01.000 --> 00:00:03.000 line:0 align:start position:10%
<v Mary>Top &amp; <c.yellow>left</c>

00:00:05.000 --> 00:00:09.000
Plain
`;

const SCRIPT = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1
Style: Sign,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,-1,0,0,100,100,0,0,1,1,0,8,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Hello {\\i1}world{\\i0}\\Nsecond, line <b>
Dialogue: 1,0:00:02.50,0:00:34.00,Sign,Bob,0,0,0,,{\\an8\\bord2}On top
Dialogue: 0,0:00:20.00,0:00:24.00,Sign,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,0:00:40.00,0:00:41.00,Default,,0,0,0,,Last
`;

describe('subtitles', { skip }, () => {
  let films: SubtitleFixtures;

  before(() => {
    films = new SubtitleFixtures();
    films.write('cues.srt', writeSubrip(cueTimes()));
    films.write('styled.vtt', STYLED_WEBVTT);
    films.write('script.ass', SCRIPT);
    films.make('film.mkv', 'ffmpeg', [
      ...[
        ...MINUTE_OF_FILM,
        '-i',
        'cues.srt',
        '-i',
        'script.ass',
        '-map',
        '0',
        '-map',
        '1',
        '-map',
        '2',
        '-map',
        '3',
      ],
      ...[...FILM_CODECS, '-c:s:0', 'srt', '-c:s:1', 'ass', '-metadata:s:s:0', 'language=ger'],
    ]);
  });
  after(() => films[Symbol.dispose]());

  /** Opens a film and hands over its media. */
  async function withMedia(path: string, look: (media: SegmentedMedia) => Promise<void>): Promise<void> {
    await using media = await openSegmented(await openFile(path));
    await look(media);
  }

  async function whole(media: SegmentedMedia, id: string, range = ALL): Promise<ReadCue[]> {
    return readWebvtt(await readText(media.subtitles!.file(id, 'vtt', range)));
  }

  async function segments(media: SegmentedMedia, id: string): Promise<ReadCue[][]> {
    const count = media.segmentCount(`${id}-${media.version}`);
    const texts: ReadCue[][] = [];
    for (let n = 0; n < count; n++) {
      const { chunks } = await media.segment(`${id}-${media.version}`, n);
      texts.push(readWebvtt(new TextDecoder().decode(chunks[0])));
    }
    return texts;
  }

  const forms: readonly (readonly [name: string, make: () => string])[] = [
    ['an index of ffmpeg', () => films.path('film.mkv')],
    ['an index of mkvmerge', () => films.make('merged.mkv', 'mkvmerge', ['film.mkv'])],
    ['no index', () => films.make('unindexed.mkv', 'mkvmerge', ['--no-cues', 'film.mkv'])],
    [
      'an index of the video alone',
      () =>
        films.make('video-index.mkv', 'mkvmerge', ['--cues', '0:iframes', '--cues', '2:none', 'film.mkv']),
    ],
    ['compression', () => films.make('packed.mkv', 'mkvmerge', ['--compression', '2:zlib', 'film.mkv'])],
    [
      'the tables of MP4',
      () =>
        films.make('film.mp4', 'ffmpeg', [
          '-i',
          'film.mkv',
          '-map',
          '0:v',
          '-map',
          '0:a',
          '-map',
          '0:s:0',
          '-c',
          'copy',
          '-c:s',
          'mov_text',
        ]),
    ],
    [
      'fragments of MP4',
      () =>
        films.make('fragmented.mp4', 'ffmpeg', [
          '-i',
          'film.mp4',
          '-map',
          '0',
          '-c',
          'copy',
          '-movflags',
          'frag_keyframe+empty_moov',
        ]),
    ],
  ];
  for (const [name, make] of forms) {
    it(`has every cue at its time, and in each segment that it is shown in, with ${name}`, async () => {
      const path = make();
      await withMedia(path, async (media) => {
        const { id } = media.subtitles!.descriptions[0]!;
        const cues = await whole(media, id);
        // Of fragments ffmpeg does not tell how long their samples are.
        const judged = path.endsWith('fragmented.mp4') ? films.path('film.mp4') : path;
        const theirs = await extractWebvtt(judged, 0);
        assert.ok(cues.length >= 40);
        assertSameTexts(cues, theirs);
        const { plan } = media.describe({ video: new Set(['h264']), audio: new Set(['aac']) });
        for (const [n, segment] of (await segments(media, id)).entries()) {
          const from = (plan.starts[n]! / plan.timescale) * 1000;
          const to = ((plan.starts[n + 1] ?? Infinity) / plan.timescale) * 1000;
          const shown = cues.filter(({ startMs, endMs }) => startMs < to && endMs > from);
          assert.deepEqual(segment, shown, `segment ${n}`);
        }
        const range = { startMs: 21_000, endMs: 24_000 };
        const inRange = cues.filter(({ startMs, endMs }) => startMs < range.endMs && endMs > range.startMs);
        assert.deepEqual(await whole(media, id, range), inRange);
      });
    });
  }

  it('reads a few kilobytes of a film whose index leads to its cues', async () => {
    const counted = new CountingSource(await openFile(films.path('film.mkv')));
    await using media = await openSegmented(counted);
    counted.bytes = 0;
    const cues = await readText(media.subtitles!.file('t3', 'vtt', { startMs: 20_000, endMs: 26_000 }));
    assert.ok(readWebvtt(cues).length > 3);
    assert.ok(counted.bytes < 200_000, `${counted.bytes} bytes were read`);
  });

  it('keeps WebVTT as it is, its settings beside it', async () => {
    const path = films.make('webvtt.mkv', 'mkvmerge', ['film.mkv', '--language', '0:fr', 'styled.vtt']);
    await withMedia(path, async (media) => {
      const found = media.subtitles!.descriptions.find(({ codec }) => codec === 'webvtt')!;
      assert.equal(found.language, 'fr');
      const shift = (await whole(media, 't3'))[0]!.startMs - (await extractWebvtt(path, 0))[0]!.startMs;
      assert.equal(shift, 0);
      assert.equal(
        await readText(media.subtitles!.file(found.id, 'vtt', ALL)),
        'WEBVTT\n\n00:00:01.000 --> 00:00:03.000 line:0 align:start position:10%\n' +
          '<v Mary>Top &amp; <c.yellow>left</c></v>\n\n00:00:05.000 --> 00:00:09.000\nPlain\n\n',
      );
    });
  });

  it('turns a script into text, and gives it as it is', async () => {
    await withMedia(films.path('film.mkv'), async (media) => {
      const shift = (await whole(media, 't4'))[0]!.startMs - 1000;
      const text = await readText(media.subtitles!.file('t4', 'vtt', ALL));
      assert.match(text, /Hello <i>world<\/i>\nsecond, line &lt;b&gt;\n/);
      assert.match(text, / line:0\n<i>On top<\/i>\n/);
      assert.equal(readWebvtt(text).length, 3);
      // What began long ago and is still shown: its index says how long it lasts.
      assert.deepEqual(
        (await whole(media, 't4', { startMs: 33_000, endMs: 33_500 })).map(({ text: shown }) => shown),
        ['On top'],
      );
      const script = await readText(media.subtitles!.file('t4', 'ass', ALL));
      const events = script.split('\n').filter((line) => line.startsWith('Dialogue'));
      const theirs = extractScript(films.path('film.mkv')).filter((line) => line.startsWith('Dialogue'));
      assert.deepEqual(events.map(withoutTimes), theirs.map(withoutTimes));
      assert.ok(Math.abs(shift) < 100);
      assert.match(script, /^Style: Sign,/m);
    });
  });

  it('gives pictures of PGS as mkvextract does', async () => {
    films.write('pictures.sup', buildPictures());
    const path = films.make('pgs.mkv', 'mkvmerge', ['-S', 'film.mkv', 'pictures.sup']);
    await withMedia(path, async (media) => {
      const [found] = media.subtitles!.descriptions;
      assert.deepEqual([found!.kind, found!.originalType], ['bitmap', 'pgs']);
      const own = await collect(media.subtitles!.file(found!.id, 'sup', ALL));
      execFileSync('mkvextract', [path, 'tracks', `2:${films.path('extracted.sup')}`]);
      assert.deepEqual(own, new Uint8Array(readFileSync(films.path('extracted.sup'))));
      // From 12 s on: the picture that is shown then began at 10 s.
      const late = await collect(media.subtitles!.file(found!.id, 'sup', { startMs: 12_000, endMs: 16_000 }));
      assert.deepEqual(timesOf(late), [10_000, 15_000]);
    });
  });
});

/** A source that counts what is read of it. */
class CountingSource implements Source {
  bytes = 0;
  readonly #source: Source;
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable = true;
  readonly isLocal = true;
  readonly identity: string | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.name = source.name;
    this.size = source.size;
    this.identity = source.identity;
  }

  async *stream(offset: number, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#source.stream(offset, options)) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const bytes = await this.#source.read(offset, length, options);
    this.bytes += bytes.length;
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}

function assertSameTexts(own: readonly ReadCue[], theirs: readonly ReadCue[]): void {
  const texts = (cues: readonly ReadCue[]): string[] => cues.map(({ text }) => text);
  assert.deepEqual(texts(own), texts(theirs.filter(({ text }) => text !== '')));
  const shown = theirs.filter(({ text }) => text !== '');
  const shift = own[0]!.startMs - shown[0]!.startMs;
  for (const [n, { startMs, endMs }] of own.entries()) {
    assert.ok(Math.abs(startMs - shown[n]!.startMs - shift) <= 1, `cue ${n} begins at ${startMs} ms`);
    assert.ok(Math.abs(endMs - shown[n]!.endMs - shift) <= 1, `cue ${n} ends at ${endMs} ms`);
  }
}

function extractScript(path: string): string[] {
  return execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-map', '0:s:1', '-c', 'copy', '-f', 'ass', '-'],
    {
      encoding: 'utf8',
    },
  ).split(/\r?\n/);
}

function withoutTimes(line: string): string {
  return line.replace(/,\d+:\d\d:\d\d\.\d\d,\d+:\d\d:\d\d\.\d\d,/, ',-,-,');
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return bytes(...parts);
}

/** Display sets at 5, 10, 15 and 20 s: each shows nothing but says so, the second and the fourth anew. */
function buildPictures(): Uint8Array {
  const parts: number[] = [];
  for (const [n, seconds] of [5, 10, 15, 20].entries()) {
    const pts = seconds * 90_000;
    const head = [
      'P'.charCodeAt(0),
      'G'.charCodeAt(0),
      pts >>> 24,
      (pts >> 16) & 255,
      (pts >> 8) & 255,
      pts & 255,
      0,
      0,
      0,
      0,
    ];
    const state = n % 2 === 1 ? 0x80 : 0;
    parts.push(...head, 0x16, 0, 11, 0, 160, 0, 90, 0x10, 0, n, state, 0, 0, 0);
    parts.push(...head, 0x80, 0, 0);
  }
  return new Uint8Array(parts);
}

/** Times of the display sets in a `.sup` file, in milliseconds. */
function timesOf(sup: Uint8Array): number[] {
  const times = new Set<number>();
  const view = new DataView(sup.buffer, sup.byteOffset, sup.byteLength);
  for (let at = 0; at < sup.length; at += 13 + view.getUint16(at + 11))
    times.add(view.getUint32(at + 2) / 90);
  return [...times];
}
