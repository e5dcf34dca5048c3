import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import type { Chapter } from '../../media/media-info.js';
import { openMp4 } from './demuxer.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A sample of text: its length, and what may follow it. */
function title(text: Uint8Array | readonly number[], ...more: readonly Uint8Array[]): Uint8Array {
  return mp4.join(mp4.u16(text.length), text, ...more);
}

/** A text's samples, two seconds each, that lie some bytes apart, and what else is in the movie. */
interface ChapterFile {
  readonly titles: readonly Uint8Array[];
  readonly gap?: number;
  readonly edits?: Uint8Array;
  readonly more?: readonly Uint8Array[];
}

const TEXT_ENTRY = mp4.box('text', new Uint8Array(6), mp4.u16(1), new Uint8Array(43));
const PICTURE = { sizes: [4], durations: [[1, 40]], chunks: [[1, 1, 1]] } as const;

/** Track 1 is played; 2 holds the titles, and 3 a picture of each. */
function write({ titles, gap = 0, edits, more = [] }: ChapterFile): Uint8Array {
  const media = mp4.join(new Uint8Array(4), ...titles.flatMap((text) => [text, new Uint8Array(gap)]));
  let at = 4;
  const places = titles.map(({ length }) => {
    const place = at;
    at += length + gap;
    return place;
  });
  const chap = mp4.box('tref', mp4.box('chap', mp4.u32(3, 2)));
  const textTables = (offset: number): Uint8Array[] =>
    mp4.tables({
      sizes: titles.map(({ length }) => length),
      durations: [[titles.length, 2000]],
      chunks: [[1, 1, 1]],
      chunkOffsets: places.map((place) => offset + place),
    });
  return mp4.movieFile(
    (offset) =>
      mp4.box(
        'moov',
        mp4.mvhd(),
        mp4.trak({ id: 1, more: [chap], tables: mp4.tables({ ...PICTURE, chunkOffsets: [offset] }) }),
        mp4.trak({ id: 3, tables: mp4.tables({ ...PICTURE, chunkOffsets: [offset] }) }),
        mp4.trak({
          ...{ id: 2, handler: 'text', language: 0x10b5, sampleEntries: [TEXT_ENTRY] },
          ...{ more: edits === undefined ? [] : [edits], tables: textTables(offset) },
        }),
        ...more,
      ),
    media,
  );
}

/** Nero's list of chapters, a second apart. */
function nero(...titles: readonly string[]): Uint8Array {
  const entries = titles.map((text, i) => mp4.join(mp4.u64(i * 10_000_000), [utf8(text).length], utf8(text)));
  return mp4.box('udta', mp4.fullBox('chpl', 1, 0, mp4.u32(0), [titles.length], ...entries));
}

async function read(file: Uint8Array, maxChapterReads = 100): Promise<readonly Chapter[]> {
  const { info, damage } = await openMp4(new ScriptedSource(file), { maxChapterReads });
  assert.deepEqual(
    info.tracks.map(({ id }) => id),
    [1],
  );
  assert.deepEqual(damage, []);
  return info.chapters;
}

const summary = (chapters: readonly Chapter[]): unknown[] =>
  chapters.map(({ startNs, endNs, titles }) => [startNs / 1e9, endNs && endNs / 1e9, titles[0]!.title]);

describe('chapters in a track of text', () => {
  it('are its samples, in each of the encodings that there are', async () => {
    const encd = mp4.box('encd', mp4.u32(0x100));
    const titles = [
      title(utf8('日本'), encd),
      title([0xfe, 0xff, 0, 0xc4, 0, 0x62]),
      title([0xff, 0xfe, 0xc4, 0, 0x62, 0]),
      title([0x80, 0x62, 0x63]),
      title([]),
    ];
    const chapters = await read(write({ titles }));
    assert.deepEqual(summary(chapters), [
      [0, 2, '日本'],
      [2, 4, 'Äb'],
      [4, 6, 'Äb'],
      [6, 8, 'Äbc'],
      [8, 10, ''],
    ]);
    assert.equal(chapters[0]!.titles[0]!.language, 'de');
  });

  it('begin and end where its edit list puts them', async () => {
    const titles = ['A', 'B', 'C'].map((text) => title(utf8(text)));
    assert.deepEqual(summary(await read(write({ titles, edits: mp4.edits([1500, -1], [6000, 0]) }))), [
      [1.5, 3.5, 'A'],
      [3.5, 5.5, 'B'],
      [5.5, 7.5, 'C'],
    ]);
    assert.deepEqual(summary(await read(write({ titles, edits: mp4.edits([2500, 3000]) }))), [
      [0, 1, 'B'],
      [1, 2.5, 'C'],
    ]);
  });

  it('that are broken cost only themselves, and a long title what it is too long by', async () => {
    const long = title(utf8('é'.repeat(20_000)));
    const titles = [title(utf8('A')), mp4.join(mp4.u16(9), utf8('short')), new Uint8Array(1), long];
    const chapters = await read(write({ titles }));
    assert.deepEqual(summary(chapters), [
      [0, 2, 'A'],
      [6, 8, 'é'.repeat(1024)],
    ]);
  });

  it('are read where they are few enough reads away, and nothing between them is', async () => {
    const titles = ['A', 'B', 'C', 'D', 'E'].map((text) => title(utf8(text)));
    const near = new ScriptedSource(write({ titles, gap: 100 }));
    assert.equal((await openMp4(near, { maxChapterReads: 1 })).info.chapters.length, 5);
    const file = write({ titles, gap: 100_000 });
    assert.deepEqual(await read(file, 4), []);
    const head = new ScriptedSource(file);
    await openMp4(head);
    const far = new ScriptedSource(file);
    assert.equal((await openMp4(far, { maxChapterReads: 5 })).info.chapters.length, 5);
    assert.deepEqual([far.reads - head.reads, far.bytesRead - head.bytesRead], [5, 15]);
  });

  it('count more than the list of Nero, unless that says the same and is there already', async () => {
    const titles = ['A', 'B'].map((text) => title(utf8(text)));
    assert.deepEqual(summary(await read(write({ titles, more: [nero('N', 'O')] }))), [
      [0, undefined, 'N'],
      [1, undefined, 'O'],
    ]);
    for (const list of [nero('N'), nero('N', 'O', 'P'), nero('N', 'O'.repeat(255))]) {
      const file = write({ titles, more: [list] });
      assert.deepEqual(summary(await read(file)), [
        [0, 2, 'A'],
        [2, 4, 'B'],
      ]);
      assert.equal((await read(file, 0))[0]!.titles[0]!.title, 'N');
    }
  });

  it('are not read out of a stream, nor where the file has been cut off', async () => {
    const file = write({ titles: [title(utf8('A')), title(utf8('B'))] });
    const stream = new ScriptedSource(file, { seekable: false });
    const demuxer = await openMp4(stream, { maxChapterReads: 100 });
    assert.deepEqual(demuxer.info.chapters, []);
    await demuxer.close();
    assert.equal(stream.open, 0);
    assert.deepEqual(summary(await read(file.subarray(0, -1))), [[0, 2, 'A']]);
  });
});
