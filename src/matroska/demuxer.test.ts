import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import * as ebml from '../../test/support/ebml-writer.js';
import { MKVMERGE_FILE } from '../../test/support/mkvmerge-file.js';
import { collect } from '../../test/support/samples.js';
import { ScriptedSource, type SourceScript } from '../../test/support/scripted-source.js';
import { MalformedMediaError, RequestError, SourceError, UnsupportedMediaError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import type { Inflate } from './content-encoding.js';
import { type MatroskaDemuxer, type MatroskaDemuxerOptions, openMatroska } from './demuxer.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

const inflate: Inflate = (data, maxBytes) => new Uint8Array(inflateSync(data, { maxOutputLength: maxBytes }));

async function open(
  file: Uint8Array,
  script: SourceScript = {},
  options: MatroskaDemuxerOptions = {},
): Promise<MatroskaDemuxer> {
  return openMatroska(new ScriptedSource(file, script), { inflate, ...options });
}

async function demux(
  file: Uint8Array,
  script: SourceScript = {},
): Promise<{ demuxer: MatroskaDemuxer; samples: Sample[] }> {
  const demuxer = await open(file, script);
  return { demuxer, samples: await collect(demuxer) };
}

const times = (samples: readonly Sample[]): number[] =>
  samples.map((sample) => sample.presentationTime / 1e6);

/** Two Clusters of two frames each, at 0, 40, 1000 and 1040 ms. */
const CLUSTERS = [
  ebml.cluster(0, ebml.simpleBlock(), ebml.simpleBlock({ time: 40, isKey: false })),
  ebml.cluster(1000, ebml.simpleBlock(), ebml.simpleBlock({ time: 40, isKey: false })),
];
const simpleBlockBytes = ebml.simpleBlock().length;
const ALL_TIMES = [0, 40, 1000, 1040];
const SMALL_FILE = ebml.matroskaFile([ebml.trackEntry()], ...CLUSTERS);

describe('a file that mkvmerge wrote', () => {
  // Times in ms, sizes and key flags as `ffprobe -show_packets` gives them, in stored order; the subtitle's five bytes
  // are what zlib makes of thirteen.
  const PACKETS: [track: number, ms: number, size: number, isSync: boolean][] = [
    [1, 0, 138, true],
    [2, -1, 72, true],
    [2, 71, 72, true],
    [2, 143, 72, true],
    [3, 100, 5, true],
    [1, 120, 12, false],
    [1, 40, 12, false],
    [1, 80, 12, false],
    [1, 160, 18, false],
    [1, 200, 135, true],
    [2, 215, 72, true],
    [2, 287, 72, true],
    [2, 359, 72, true],
    [2, 431, 72, true],
    [2, 503, 72, true],
    [2, 575, 72, true],
    [1, 320, 26, false],
    [1, 240, 13, false],
    [1, 280, 13, false],
    [1, 360, 18, false],
  ];

  for (const chunkBytes of [undefined, 1, 2, 3, 7, 61, 1021]) {
    for (const seekable of [true, false]) {
      const how = `in chunks of ${chunkBytes ?? 'all'}, ${seekable ? '' : 'not '}seekable`;
      it(`gives ffprobe's packets ${how}`, async () => {
        const { demuxer, samples } = await demux(MKVMERGE_FILE, {
          ...(chunkBytes === undefined ? {} : { chunkBytes }),
          seekable,
          knowsSize: seekable,
        });
        assert.deepEqual(
          samples.map((s) => [s.trackId, s.presentationTime / 1e6, s.data.length, s.isSync]),
          PACKETS,
        );
        assert.equal(new TextDecoder().decode(samples[4]?.data), 'Hello');
        assert.equal(samples[4]?.duration, 200_000_000);
        assert.deepEqual(demuxer.damage, []);
      });
    }
  }

  it('gives what mkvinfo says of its tracks', async () => {
    const { info, firstClusterOffset } = await open(MKVMERGE_FILE);
    assert.equal(info.container, 'matroska');
    assert.equal(info.title, 'Reference');
    assert.equal(info.durationNs, 648_000_000);
    assert.match(info.writingApp ?? '', /^mkvmerge v74/);
    assert.equal(firstClusterOffset, 5983);
    const [video, audio, subtitle] = info.tracks as [VideoTrack, AudioTrack, unknown];
    assert.deepEqual(
      [video.codec, video.language, video.name, video.width, video.height, video.defaultDuration],
      ['h264', 'de', 'Bild', 32, 16, 40_000_000],
    );
    // 24 x 16 pixels are left by cropping, and shown as 48 x 16; the roll is -90 degrees, counter-clockwise.
    assert.deepEqual([video.pixelAspectRatio, video.rotation], [[2, 1], 90]);
    assert.deepEqual(video.color, { primaries: 9, transfer: 16, matrix: 9, fullRange: false });
    assert.deepEqual(video.contentLight, { maxCll: 1000, maxFall: 400 });
    assert.deepEqual(video.masteringDisplay?.white.map(Math.fround), [0.3127, 0.329].map(Math.fround));
    assert.equal(video.codecPrivate?.length, 43);
    assert.deepEqual(
      [
        audio.codec,
        audio.language,
        audio.isForced,
        audio.sampleRate,
        audio.codecDelay,
        audio.defaultDuration,
      ],
      ['mp3', 'fr-CA', true, 8000, 1_000_000, 72_000_000],
    );
    assert.equal((subtitle as { codec: string }).codec, 'subrip');
  });

  it('gives chapters, attachments without their data, and tags by track', async () => {
    const { info } = await open(MKVMERGE_FILE, {}, { includeTail: true });
    assert.deepEqual(
      info.chapters.map((chapter) => [chapter.startNs, chapter.titles]),
      [
        [0, [{ language: 'en', title: 'One' }]],
        [200_000_000, [{ language: 'en', title: 'Two' }]],
      ],
    );
    assert.deepEqual(info.attachments, [{ name: 'f.ttf', mediaType: 'font/ttf', size: 10, offset: 5743 }]);
    assert.equal(new TextDecoder().decode(MKVMERGE_FILE.subarray(5743, 5753)), 'font bytes');
    const frames = info.tags.filter((tag) => tag.name === 'NUMBER_OF_FRAMES');
    assert.deepEqual(
      frames.map((tag) => [tag.trackId, tag.value]),
      [
        [1, '10'],
        [2, '9'],
        [3, '1'],
      ],
    );
  });

  it('leaves the tail alone unless it is asked for', async () => {
    const source = new ScriptedSource(MKVMERGE_FILE);
    const demuxer = await openMatroska(source, { inflate });
    assert.equal(source.reads, 0);
    assert.deepEqual(demuxer.info.tags, []);
  });

  it('reads the cues of one track through SeekHead', async () => {
    const demuxer = await open(MKVMERGE_FILE);
    assert.deepEqual(await demuxer.readCues(1), [
      { trackId: 1, timeNs: 0, offset: 5983, relativePosition: 3 },
      { trackId: 1, timeNs: 200_000_000, offset: 6463, relativePosition: 3 },
    ]);
    assert.deepEqual(await demuxer.readCues(3), [
      { trackId: 3, timeNs: 100_000_000, offset: 5983, relativePosition: 0x174 },
    ]);
    assert.equal(await demuxer.readCues(2), undefined);
  });

  it('has no cues to read when they stand behind and the source is not seekable', async () => {
    assert.equal(await (await open(MKVMERGE_FILE, { seekable: false })).readCues(1), undefined);
  });

  it('gives only wanted tracks, as views of the chunks', async () => {
    const samples = await collect(await open(MKVMERGE_FILE), { trackIds: new Set([1]) });
    assert.equal(samples.length, 10);
    assert.ok(samples.every((sample) => sample.trackId === 1 && sample.data.buffer === MKVMERGE_FILE.buffer));
  });

  it('refuses compressed tracks when nothing inflates, unless they are not wanted', async () => {
    const demuxer = await open(MKVMERGE_FILE, {}, { inflate: undefined });
    assert.equal((await collect(demuxer, { trackIds: new Set([1, 2]) })).length, 19);
    await assert.rejects(collect(demuxer), UnsupportedMediaError);
  });
});

describe('sizes', () => {
  for (let width = 1; width <= 8; width++) {
    it(`of Segment and Clusters may be unknown in ${width} bytes`, async () => {
      const body = [ebml.info(), ebml.element(ID.Tracks, ebml.trackEntry())];
      const clusters = [0, 1000].map((at) =>
        ebml.elementOfUnknownSize(ID.Cluster, width, ebml.uint(ID.Timestamp, at), ebml.simpleBlock()),
      );
      const between = [ebml.element(ID.Cues), ebml.element(ID.Tags), ebml.voidElement(20)];
      const file = ebml.bytes(
        ebml.ebmlHeader(),
        ebml.elementOfUnknownSize(ID.Segment, width, ...body, clusters[0]!, ...between, clusters[1]!),
      );
      const { demuxer, samples } = await demux(file, { chunkBytes: 5 });
      assert.deepEqual(times(samples), [0, 1000]);
      assert.deepEqual(demuxer.damage, []);
    });

    it(`of known elements may take ${width} bytes`, async () => {
      // The Tracks element is larger than one byte of size can say.
      const wide = Math.max(width, 2);
      const file = ebml.bytes(
        ebml.ebmlHeader(),
        ebml.elementWithSizeWidth(
          ID.Segment,
          wide,
          ebml.info(),
          ebml.elementWithSizeWidth(ID.Tracks, wide, ebml.trackEntry()),
          ebml.elementWithSizeWidth(ID.Cluster, wide, ebml.uint(ID.Timestamp, 5), ebml.simpleBlock()),
        ),
      );
      assert.deepEqual(times((await demux(file)).samples), [5]);
    });
  }

  it('that a Cluster states too large are corrected by the next Cluster', async () => {
    const first = ebml.bytes(ebml.cluster(0, ebml.simpleBlock()));
    first[4]! += 50;
    const file = ebml.matroskaFile([ebml.trackEntry()], first, CLUSTERS[1]!);
    assert.deepEqual(times((await demux(file)).samples), [0, 1000, 1040]);
  });

  it('that a Cluster states too small lose nothing', async () => {
    const first = CLUSTERS[0]!.slice();
    for (const size of [0x80, 0x83, 0x80 | (3 + simpleBlockBytes)]) {
      first[4] = size;
      const file = ebml.matroskaFile([ebml.trackEntry()], first, CLUSTERS[1]!);
      const { demuxer, samples } = await demux(file);
      assert.deepEqual(times(samples), ALL_TIMES);
      assert.deepEqual(demuxer.damage, []);
    }
  });

  it('that the Segment states too small do not end it while Clusters follow', async () => {
    const body = ebml.bytes(ebml.info(), ebml.element(ID.Tracks, ebml.trackEntry()), ...CLUSTERS);
    for (const size of [0, body.length - 30]) {
      const file = ebml.bytes(ebml.ebmlHeader(), [0x18, 0x53, 0x80, 0x67], ebml.vint(size, 8), body);
      const { demuxer, samples } = await demux(file);
      assert.deepEqual(times(samples), ALL_TIMES);
      assert.deepEqual(demuxer.damage, []);
    }
  });
});

describe('what is not for us', () => {
  const refused: {
    what: string;
    file: Uint8Array;
    error: typeof MalformedMediaError | typeof UnsupportedMediaError;
  }[] = [
    { what: 'nothing', file: new Uint8Array(0), error: MalformedMediaError },
    { what: 'another format', file: new TextEncoder().encode('....ftypisom'), error: MalformedMediaError },
    { what: 'another document type', file: ebml.ebmlHeader({ docType: 'x' }), error: UnsupportedMediaError },
    { what: 'a header alone', file: ebml.ebmlHeader(), error: MalformedMediaError },
    { what: 'no Segment', file: ebml.bytes(ebml.ebmlHeader(), ebml.info()), error: MalformedMediaError },
    {
      what: 'no Tracks',
      file: ebml.bytes(ebml.ebmlHeader(), ebml.element(ID.Segment, ebml.info())),
      error: MalformedMediaError,
    },
  ];
  for (const { what, file, error } of refused) {
    it(`is refused: ${what}`, async () => {
      await assert.rejects(open(file), error);
      await assert.rejects(open(file, { chunkBytes: 1, seekable: false, knowsSize: false }), error);
    });
  }

  it('is refused after few bytes, however many there are', async () => {
    const source = new ScriptedSource(new Uint8Array(64 << 20).fill(0x42), { chunkBytes: 65_536 });
    await assert.rejects(openMatroska(source), MalformedMediaError);
    assert.ok(source.bytesRead <= 65_536);
  });

  it('is given up where only garbage follows the Segment header', async () => {
    const file = ebml.bytes(
      ebml.ebmlHeader(),
      ebml.elementOfUnknownSize(ID.Segment, 8, new Uint8Array(8 << 20).fill(0x0a)),
    );
    const source = new ScriptedSource(file, { chunkBytes: 65_536, knowsSize: false, seekable: false });
    await assert.rejects(openMatroska(source), /unreadable bytes/);
    assert.ok(source.bytesRead < 2 << 20);
  });
});

describe('order and oddities', () => {
  it('finds Info and Tracks behind the Clusters through a SeekHead that a SeekHead names', async () => {
    const clusters = ebml.bytes(...CLUSTERS);
    const tracks = ebml.element(ID.Tracks, ebml.trackEntry());
    const info = ebml.info({ timestampScale: 500_000 });
    // One Seek entry takes 21 bytes, so a SeekHead of one takes 26 and of two 47.
    const secondAt = 26 + clusters.length;
    const first = ebml.element(ID.SeekHead, ebml.seekEntry(ID.SeekHead, secondAt));
    assert.equal(first.length, 26);
    const second = ebml.element(
      ID.SeekHead,
      ebml.seekEntry(ID.Tracks, secondAt + 47),
      ebml.seekEntry(ID.Info, secondAt + 47 + tracks.length),
    );
    assert.equal(second.length, 47);
    const file = ebml.bytes(
      ebml.ebmlHeader(),
      ebml.element(ID.Segment, first, clusters, second, tracks, info),
    );
    const { samples } = await demux(file);
    assert.deepEqual(
      times(samples),
      ALL_TIMES.map((time) => time / 2),
    );
    await assert.rejects(open(file, { seekable: false }), MalformedMediaError);
  });

  it('survives SeekHeads that name themselves, each other, and places that are not there', async () => {
    const looping = ebml.element(
      ID.SeekHead,
      ebml.seekEntry(ID.SeekHead, 0),
      ebml.seekEntry(ID.Cues, 3),
      ebml.seekEntry(ID.Cues, 1e12),
    );
    const file = ebml.bytes(
      ebml.ebmlHeader(),
      ebml.element(ID.Segment, looping, ebml.info(), ebml.element(ID.Tracks, ebml.trackEntry()), ...CLUSTERS),
    );
    const demuxer = await open(file, {}, { includeTail: true });
    assert.equal(await demuxer.readCues(1), undefined);
    assert.deepEqual(times(await collect(demuxer)), ALL_TIMES);
  });

  it('stops at a second document, and says so', async () => {
    for (const unknown of [false, true]) {
      const first = unknown
        ? ebml.bytes(
            ebml.ebmlHeader(),
            ebml.elementOfUnknownSize(
              ID.Segment,
              1,
              ebml.info(),
              ebml.element(ID.Tracks, ebml.trackEntry()),
              ...CLUSTERS,
            ),
          )
        : SMALL_FILE;
      const { demuxer, samples } = await demux(ebml.bytes(first, SMALL_FILE));
      assert.deepEqual(times(samples), ALL_TIMES);
      assert.equal(demuxer.damage[0]?.kind, 'dropped');
      assert.match(demuxer.damage[0].reason, /only the first is read/);
    }
  });

  it('takes what is appended to a file for no part of it', async () => {
    const { demuxer, samples } = await demux(
      ebml.bytes(SMALL_FILE, new TextEncoder().encode('TAG trailing')),
    );
    assert.deepEqual(times(samples), ALL_TIMES);
    assert.deepEqual(demuxer.damage, []);
  });

  it('passes over elements of a later version', async () => {
    const later = ebml.element(0x7ffe, new Uint8Array(300));
    const file = ebml.matroskaFile(
      [ebml.trackEntry()],
      later,
      ebml.cluster(0, later, ebml.simpleBlock(), later),
      later,
      ebml.cluster(
        5,
        ebml.simpleBlock(),
        ebml.element(0x7ffe, new Uint8Array(100_000)),
        ebml.simpleBlock({ time: 1 }),
      ),
    );
    for (const chunkBytes of [1000, 3]) {
      const { demuxer, samples } = await demux(file, { chunkBytes });
      assert.deepEqual(times(samples), [0, 5, 6]);
      assert.deepEqual(demuxer.damage, []);
    }
  });

  it('reads groups whose Block does not come first, and parses over BlockAdditions', async () => {
    const additions = ebml.element(0x75a1, ebml.element(0xa6, ebml.element(0xa5, new Uint8Array(50))));
    const late = ebml.element(
      ID.BlockGroup,
      ebml.uint(ID.BlockDuration, 7),
      additions,
      ebml.element(ID.Block, ebml.blockBody()),
    );
    const file = ebml.matroskaFile(
      [ebml.trackEntry()],
      ebml.cluster(0, late, ebml.blockGroup({ time: 1 }, additions)),
    );
    const { samples } = await demux(file);
    assert.deepEqual(
      samples.map((sample) => [sample.data.length, sample.duration]),
      [
        [4, 7_000_000],
        [4, undefined],
      ],
    );
  });

  it('jumps over large elements on a seekable source, and reads through them on another', async () => {
    const attachment = ebml.element(
      ID.Attachments,
      ebml.element(
        ID.AttachedFile,
        ebml.text(ID.FileName, 'film.ttf'),
        ebml.element(ID.FileData, new Uint8Array(8 << 20)),
      ),
    );
    const file = ebml.matroskaFile([ebml.trackEntry()], attachment, ...CLUSTERS);
    const jumping = new ScriptedSource(file, { chunkBytes: 65_536 });
    const demuxer = await openMatroska(jumping);
    assert.deepEqual(times(await collect(demuxer)), ALL_TIMES);
    assert.equal(demuxer.info.attachments[0]?.size, 8 << 20);
    assert.ok(jumping.bytesRead < 200_000);
    assert.equal(jumping.open, 0);
    const streaming = new ScriptedSource(file, { chunkBytes: 65_536, seekable: false });
    assert.deepEqual(times(await collect(await openMatroska(streaming))), ALL_TIMES);
  });

  it('gives long runs of tiny frames in batches of bounded length', async () => {
    const frames = Array.from({ length: 256 }, () => new Uint8Array(1));
    const block = ebml.simpleBlock({ lacing: 'fixed', frames });
    const file = ebml.matroskaFile(
      [ebml.trackEntry()],
      ebml.cluster(0, ...new Array<Uint8Array>(300).fill(block)),
    );
    let total = 0;
    for await (const batch of (await open(file)).samples()) {
      assert.ok(batch.length < LIMITS.batchSamples + 256);
      total += batch.length;
    }
    assert.equal(total, 256 * 300);
  });

  it('holds only so much of what inflates at once', async () => {
    const bomb = new Uint8Array(deflateSync(new Uint8Array(20 << 20)));
    const encodings = ebml.element(ID.ContentEncodings, ebml.element(ID.ContentEncoding));
    const block = ebml.simpleBlock({ frames: [bomb] });
    const twice = ebml.simpleBlock({ lacing: 'fixed', frames: [bomb, bomb] });
    const file = ebml.matroskaFile(
      [ebml.trackEntry({}, encodings)],
      ebml.cluster(0, twice, ...new Array<Uint8Array>(9).fill(block)),
    );
    const demuxer = await open(file);
    const batches: number[] = [];
    for await (const batch of demuxer.samples()) batches.push(batch.length);
    assert.deepEqual(batches, [4, 4, 1]);
    assert.equal(demuxer.damage[0]?.kind, 'dropped', 'two frames of 20 MiB in one block are too much');
  });

  it('notices a wrong CRC-32, and uses the element all the same', async () => {
    const tracks = ebml.element(ID.Tracks, ebml.element(ID['CRC-32'], [1, 2, 3, 4]), ebml.trackEntry());
    const file = ebml.bytes(ebml.ebmlHeader(), ebml.element(ID.Segment, ebml.info(), tracks, ...CLUSTERS));
    const { demuxer, samples } = await demux(file);
    assert.equal(samples.length, 4);
    assert.deepEqual(
      demuxer.damage.map((entry) => entry.kind),
      ['checksum'],
    );
  });

  it('leaves broken Chapters, Tags and Cues out, and tells', async () => {
    const junk = new Uint8Array(5);
    const file = ebml.matroskaFile(
      [ebml.trackEntry()],
      ebml.element(ID.Chapters, junk),
      ebml.element(ID.Tags, junk),
      ebml.element(ID.Attachments, junk),
      ebml.element(ID.Cues, junk),
      ...CLUSTERS,
    );
    const { demuxer, samples } = await demux(file);
    assert.equal(samples.length, 4);
    assert.equal(await demuxer.readCues(1), undefined);
    assert.equal(demuxer.damageCount, 4);
  });
});

describe('damage', () => {
  const garbage = new Uint8Array(500).fill(0x0a);

  const places: { where: string; file: Uint8Array; expected: number[] }[] = [
    {
      where: 'before the first element',
      file: ebml.bytes(
        ebml.ebmlHeader(),
        ebml.elementOfUnknownSize(
          ID.Segment,
          1,
          garbage,
          ebml.info(),
          ebml.element(ID.Tracks, ebml.trackEntry()),
          ...CLUSTERS,
        ),
      ),
      expected: ALL_TIMES,
    },
    {
      where: 'before the first Cluster',
      file: ebml.matroskaFile([ebml.trackEntry()], garbage, ...CLUSTERS),
      expected: ALL_TIMES,
    },
    {
      where: 'between Clusters',
      file: ebml.matroskaFile([ebml.trackEntry()], CLUSTERS[0]!, garbage, CLUSTERS[1]!),
      expected: ALL_TIMES,
    },
    {
      where: 'inside a Cluster',
      file: ebml.matroskaFile(
        [ebml.trackEntry()],
        ebml.cluster(0, ebml.simpleBlock(), garbage, ebml.simpleBlock({ time: 40 })),
        CLUSTERS[1]!,
      ),
      expected: [0, 1000, 1040],
    },
    {
      where: 'inside a Cluster of unknown size',
      file: ebml.matroskaFile(
        [ebml.trackEntry()],
        ebml.elementOfUnknownSize(ID.Cluster, 8, ebml.uint(ID.Timestamp, 0), ebml.simpleBlock(), garbage),
        CLUSTERS[1]!,
      ),
      expected: [0, 1000, 1040],
    },
  ];
  for (const { where, file, expected } of places) {
    it(`${where} is passed over, and told`, async () => {
      for (const chunkBytes of [10_000, 1, 13]) {
        const { demuxer, samples } = await demux(file, { chunkBytes });
        assert.deepEqual(times(samples), expected);
        assert.equal(demuxer.damageCount, 1);
        const [entry] = demuxer.damage;
        assert.equal(entry?.kind, 'unreadable');
        assert.ok(entry.length >= garbage.length);
      }
    });
  }

  it('of a block that ends beyond its Cluster ends that Cluster', async () => {
    const lying = ebml.cluster(0, ebml.simpleBlock(), ebml.bytes([ID.SimpleBlock, 0xc0], new Uint8Array(3)));
    const { demuxer, samples } = await demux(ebml.matroskaFile([ebml.trackEntry()], lying, CLUSTERS[1]!));
    assert.deepEqual(times(samples), [0, 1000, 1040]);
    assert.match(demuxer.damage[0]?.reason ?? '', /ends beyond its Cluster/);
  });

  it('of a block whose lacing lies drops that block alone', async () => {
    const lying = ebml.element(ID.SimpleBlock, [0x81, 0, 0, 0x02, 5, 255, 255]);
    const file = ebml.matroskaFile(
      [ebml.trackEntry()],
      ebml.cluster(0, ebml.simpleBlock(), lying, ebml.simpleBlock({ time: 40 })),
    );
    const { demuxer, samples } = await demux(file);
    assert.deepEqual(times(samples), [0, 40]);
    assert.deepEqual(
      demuxer.damage.map((entry) => [entry.kind, entry.length]),
      [['dropped', lying.length]],
    );
  });

  it('of a block before the Timestamp, or that will not inflate, drops that block alone', async () => {
    const encodings = ebml.element(ID.ContentEncodings, ebml.element(ID.ContentEncoding));
    const noTime = ebml.element(ID.Cluster, ebml.simpleBlock(), ebml.uint(ID.Timestamp, 0));
    const early = await demux(ebml.matroskaFile([ebml.trackEntry()], noTime, CLUSTERS[1]!));
    assert.deepEqual(times(early.samples), [1000, 1040]);
    const compressed = await demux(ebml.matroskaFile([ebml.trackEntry({}, encodings)], CLUSTERS[0]!));
    assert.equal(compressed.samples.length, 0);
    assert.equal(compressed.demuxer.damageCount, 2);
  });

  it('of a block larger than the cap is passed over without being held', async () => {
    const huge = ebml.bytes([ID.SimpleBlock], ebml.vint(2 ** 40, 8), [0x81]);
    const file = ebml.bytes(
      ebml.ebmlHeader(),
      ebml.elementOfUnknownSize(
        ID.Segment,
        1,
        ebml.info(),
        ebml.element(ID.Tracks, ebml.trackEntry()),
        ebml.elementOfUnknownSize(ID.Cluster, 1, ebml.uint(ID.Timestamp, 0), huge, new Uint8Array(99)),
        CLUSTERS[1]!,
      ),
    );
    const { demuxer, samples } = await demux(file);
    assert.deepEqual(times(samples), [1000, 1040]);
    assert.match(demuxer.damage[0]?.reason ?? '', /larger than the limit/);
  });
});

describe('a source that ends early', () => {
  it('gives, cut anywhere, the whole samples before the cut, and says that it is truncated', async () => {
    const whole = await collect(await open(SMALL_FILE));
    const head = (await open(SMALL_FILE)).firstClusterOffset;
    for (let length = 0; length < SMALL_FILE.length; length++) {
      const file = SMALL_FILE.subarray(0, length);
      for (const script of [{}, { chunkBytes: 7, seekable: false, knowsSize: false }]) {
        if (length < head) {
          // Whether Tracks were whole decides; in no case may it be anything but an error of ours or an empty file.
          await demux(file, script).then(
            ({ samples }) => assert.deepEqual(samples, []),
            (error: unknown) => assert.ok(error instanceof MalformedMediaError, String(error)),
          );
          continue;
        }
        const { demuxer, samples } = await demux(file, script);
        assert.deepEqual(samples, whole.slice(0, samples.length), `cut at ${length}`);
        const isWhole = whole.filter((sample) => sample.offset + 10 <= length).length;
        assert.equal(samples.length, isWhole, `cut at ${length}`);
        assert.equal(demuxer.damage.at(-1)?.kind, 'truncated', `cut at ${length}`);
      }
    }
  });

  it('is not called truncated when a live file ends between elements', async () => {
    const file = ebml.bytes(
      ebml.ebmlHeader(),
      ebml.elementOfUnknownSize(
        ID.Segment,
        8,
        ebml.info(),
        ebml.element(ID.Tracks, ebml.trackEntry()),
        ebml.elementOfUnknownSize(ID.Cluster, 8, ebml.uint(ID.Timestamp, 0), ebml.simpleBlock()),
      ),
    );
    assert.deepEqual((await demux(file)).demuxer.damage, []);
  });
});

describe('a source that fails', () => {
  it('passes its error on, wherever it fails, and is left closed', async () => {
    for (let failsAt = 0; failsAt <= SMALL_FILE.length; failsAt++) {
      const source = new ScriptedSource(SMALL_FILE, { chunkBytes: 5, failsAt });
      await assert.rejects(async () => collect(await openMatroska(source)), SourceError, `at ${failsAt}`);
      assert.equal(source.open, 0);
    }
  });

  it('is closed by an abort at any read, which rejects with the reason', async () => {
    const reason = new Error('the viewer left');
    for (let at = 1; at <= Math.ceil(SMALL_FILE.length / 9); at++) {
      const source = new ScriptedSource(SMALL_FILE, { chunkBytes: 9 });
      const controller = new AbortController();
      const { signal } = controller;
      let reads = 0;
      const counting = new Proxy(source, {
        get(target, key) {
          if (key === 'stream') {
            return async function* (offset: number, options: { signal?: AbortSignal }) {
              for await (const chunk of target.stream(offset, options)) {
                if (++reads === at) controller.abort(reason);
                yield chunk;
              }
            };
          }
          return Reflect.get(target, key) as unknown;
        },
      });
      const run = async (): Promise<Sample[]> =>
        collect(await openMatroska(counting, { signal }), { signal });
      await assert.rejects(run, (error: unknown) => error === reason, `read ${at}`);
      assert.equal(source.open, 0);
    }
  });

  it('is closed when its reader stops early, or never starts', async () => {
    const source = new ScriptedSource(SMALL_FILE, { chunkBytes: 9 });
    const demuxer = await openMatroska(source);
    for await (const _ of demuxer.samples()) break;
    assert.equal(source.open, 0);
    const unused = await openMatroska(source);
    assert.equal(source.open, 1);
    await unused.close();
    assert.equal(source.open, 0);
  });

  it('can be read again when it is seekable, and only then', async () => {
    const again = await open(SMALL_FILE);
    assert.deepEqual(await collect(again), await collect(again));
    const once = await open(SMALL_FILE, { seekable: false });
    assert.equal((await collect(once)).length, 4);
    await assert.rejects(collect(once), RequestError);
  });
});
