import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { collect } from '../../../test/support/samples.js';
import { ScriptedSource, type SourceScript } from '../../../test/support/scripted-source.js';
import {
  LimitExceededError,
  MalformedMediaError,
  RequestError,
  UnsupportedMediaError,
} from '../../errors.js';
import { openBytes } from '../../io/bytes-source.js';
import type { Sample } from '../../media/sample.js';
import type { VideoTrack } from '../../media/track.js';
import { openMp4, type Mp4Demuxer } from './demuxer.js';

const MEDIA = mp4.media(400);

/** A file of one track with four samples of 10 bytes, 40 ticks each. */
function simpleFile(fields: Partial<mp4.TrackPlan> = {}, placement: 'first' | 'last' = 'first'): Uint8Array {
  return mp4.movieFile(
    (at) => mp4.box('moov', mp4.mvhd(), simpleTrack(at, fields)),
    MEDIA.subarray(0, 40),
    placement,
  );
}

function simpleTrack(at: number, fields: Partial<mp4.TrackPlan> = {}): Uint8Array {
  const tables = mp4.tables({
    sizes: [10, 10, 10, 10],
    durations: [[4, 40]],
    syncSamples: [1, 3],
    chunks: [[1, 4, 1]],
    chunkOffsets: [at],
  });
  return mp4.trak({ id: 1, tables, ...fields });
}

function open(file: Uint8Array, script?: SourceScript): Promise<Mp4Demuxer> {
  return openMp4(new ScriptedSource(file, script));
}

async function timesOf(file: Uint8Array): Promise<number[]> {
  return (await collect(await open(file))).map(({ presentationTime }) => presentationTime);
}

async function onlyTrack(fields: Partial<mp4.TrackPlan>): Promise<VideoTrack> {
  const { info } = await open(simpleFile(fields));
  assert.equal(info.tracks.length, 1);
  return info.tracks[0] as VideoTrack;
}

describe('openMp4', () => {
  it('reads the movie box at either end in two ranges at the most', async () => {
    for (const placement of ['first', 'last'] as const) {
      const source = new ScriptedSource(simpleFile({}, placement));
      const samples = await collect(await openMp4(source));
      assert.deepEqual(
        samples.map(({ data }) => data),
        [0, 10, 20, 30].map((at) => MEDIA.subarray(at, at + 10)),
      );
      assert.ok(source.reads <= 2);
    }
  });

  it('announces where the samples of a time end, and goes on behind it', async () => {
    const source = openBytes(simpleFile());
    const announced: unknown[] = [];
    const demuxer = await openMp4({
      name: source.name,
      size: source.size,
      seekable: true,
      identity: undefined,
      stream: (offset, options) => {
        announced.push([offset, options?.end]);
        return source.stream(offset, options);
      },
      read: (offset, length, options) => source.read(offset, length, options),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const [first] = await collect(demuxer, { endNs: 39e6 });
    const samples = await collect(demuxer, { endNs: 1e9 });
    assert.deepEqual(announced, [
      [first!.offset, first!.offset + 10],
      [first!.offset, first!.offset + 40],
    ]);
    assert.equal(samples.length, 4);
  });

  it('passes over boxes of every form of size', async () => {
    const large = mp4.join(mp4.u32(1), mp4.ascii('mdat'), mp4.u64(16 + 40), MEDIA.subarray(0, 40));
    const moov = mp4.box('moov', mp4.mvhd(), simpleTrack(mp4.FTYP.length + 8 + 16));
    const file = mp4.join(mp4.FTYP, mp4.box('wide'), large, mp4.box('free', [1, 2]), moov);
    assert.deepEqual(await timesOf(file), [0, 40, 80, 120]);

    const open = simpleFile();
    open.set(mp4.u32(0), open.length - 48); // mdat to the end of the file
    assert.deepEqual(await timesOf(open), [0, 40, 80, 120]);
  });

  it('reads a stream whose movie box comes first, a byte at a time', async () => {
    const script = { chunkBytes: 1, seekable: false, knowsSize: false };
    const demuxer = await open(simpleFile(), script);
    const samples = await collect(demuxer);
    assert.deepEqual(
      samples.map(({ data }) => data),
      [0, 10, 20, 30].map((at) => MEDIA.subarray(at, at + 10)),
    );
    await assert.rejects(collect(demuxer), RequestError);
  });

  it('refuses a stream whose movie box comes last, and closes it', async () => {
    const source = new ScriptedSource(simpleFile({}, 'last'), { seekable: false, knowsSize: false });
    await assert.rejects(openMp4(source), UnsupportedMediaError);
    assert.equal(source.open, 0);
  });

  it('gives a stream back that is not read', async () => {
    const source = new ScriptedSource(simpleFile(), { chunkBytes: 300, seekable: false });
    const demuxer = await openMp4(source);
    assert.equal(source.open, 1);
    await demuxer.close();
    assert.equal(source.open, 0);
  });

  it('says what is wrong with what it cannot read', async () => {
    const cases: readonly (readonly [
      Uint8Array,
      RegExp,
      typeof MalformedMediaError | typeof UnsupportedMediaError,
    ])[] = [
      [Uint8Array.from(mp4.ascii('No film at all.')), /no MP4/, MalformedMediaError],
      [new Uint8Array(0), /no MP4/, MalformedMediaError],
      [mp4.join(mp4.FTYP, mp4.box('mdat', MEDIA)), /no movie box/, MalformedMediaError],
      [simpleFile().subarray(0, 200), /ends within its movie box/, MalformedMediaError],
      [mp4.join(mp4.FTYP, mp4.box('moov', mp4.box('cmov'))), /compressed/, UnsupportedMediaError],
      [mp4.join(mp4.FTYP, mp4.box('moov', simpleTrack(0))), /no header/, MalformedMediaError],
    ];
    for (const [file, message, kind] of cases) {
      await assert.rejects(open(file), (error: Error) => {
        assert.ok(error instanceof kind);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  it('ends when its signal says so', async () => {
    const reason = new Error('enough');
    await assert.rejects(
      openMp4(new ScriptedSource(simpleFile()), { signal: AbortSignal.abort(reason) }),
      reason,
    );
    const demuxer = await open(simpleFile());
    await assert.rejects(collect(demuxer, { signal: AbortSignal.abort(reason) }), reason);
  });
});

describe('edit lists', () => {
  it('delay a track by their empty beginning', async () => {
    assert.deepEqual(
      await timesOf(simpleFile({ more: [mp4.edits([500, -1], [160, 0])] })),
      [500, 540, 580, 620],
    );
  });

  it('hide what comes before their media time, but for what decoding needs', async () => {
    const samples = await collect(await open(simpleFile({ more: [mp4.edits([0, 110])] })));
    assert.deepEqual(
      samples.map(({ presentationTime, discardPadding, isSync }) => [
        presentationTime,
        discardPadding,
        isSync,
      ]),
      [
        [-30, -30, true],
        [10, 0, false],
      ],
    );
  });

  it('end a track, which says so in its last sound', async () => {
    const sound = { handler: 'soun', sampleEntries: [mp4.audioEntry('ac-3')] };
    const samples = await collect(await open(simpleFile({ ...sound, more: [mp4.edits([70, 20])] })));
    assert.deepEqual(
      samples.map(({ presentationTime, discardPadding }) => [presentationTime, discardPadding]),
      [
        [-20, -20],
        [20, 0],
        [60, 30],
      ],
    );
  });

  it('go on as one where they abut', async () => {
    const demuxer = await open(simpleFile({ more: [mp4.edits([40, 0], [120, 40])] }));
    assert.equal((await collect(demuxer)).length, 4);
    assert.equal(demuxer.damageCount, 0);
  });

  it('are followed only at their beginning where they cut', async () => {
    const demuxer = await open(simpleFile({ more: [mp4.edits([40, 40], [40, 120])] }));
    assert.deepEqual(
      (await collect(demuxer)).map(({ presentationTime }) => presentationTime),
      [-40, 0, 40, 80],
    );
    assert.match(demuxer.damage[0]!.reason, /only the beginning is followed/);
  });

  it('begin with the first picture where it is not at the beginning', async () => {
    const offsets = [[1, 80], [1, 160], [2, 40]] as const; // prettier-ignore
    const file = mp4.trackFile(
      { id: 1, more: [mp4.edits([160, 0])] },
      { sizes: [10, 10, 10, 10], durations: [[4, 40]], offsets, chunks: [[1, 4, 1]] },
      MEDIA,
    );
    assert.deepEqual(await timesOf(file), [0, 120, 40, 80]);
  });

  it('are replaced by what iTunes states of the beginning and the end', async () => {
    const shown = async (
      samples: string,
      more: readonly Uint8Array[] = [],
    ): Promise<(readonly number[])[]> => {
      const udta = gaplessTag(`00000028 00000014 ${samples}`);
      const sound = { handler: 'soun', timescale: 48_000, sampleEntries: [mp4.audioEntry('mp4a')], more };
      const file = mp4.movieFile((at) => mp4.box('moov', mp4.mvhd(), simpleTrack(at, sound), udta), MEDIA);
      return (await collect(await open(file))).map((sample) => [
        sample.presentationTime,
        sample.discardPadding,
      ]);
    };
    const trimmed = [[-40, -40], [0, 0], [40, 0], [80, 20]]; // prettier-ignore
    assert.deepEqual(await shown('0000000000000064'), trimmed);
    // A list that shows all there is tells of no delay, and so ffmpeg takes it, too.
    assert.deepEqual(await shown('0000000000000064', [mp4.edits([4, 0])]), trimmed);
    // What is stated is not there: the file was cut.
    const whole = [[-40, -40], [0, 0], [40, 0], [80, 0]]; // prettier-ignore
    assert.deepEqual(await shown('0000000000010000'), whole);
    // One that begins later says it already.
    const edited = [[-20, -20], [20, 0], [60, 0], [100, 0]]; // prettier-ignore
    assert.deepEqual(await shown('0000000000000064', [mp4.edits([4, 20])]), edited);
  });
});

/** User data with the tag of iTunes that states what an encoder added. */
function gaplessTag(numbers: string): Uint8Array {
  const name = mp4.fullBox('name', 0, 0, mp4.ascii('iTunSMPB'));
  const data = mp4.box('data', mp4.u32(1, 0), mp4.ascii(` 00000000 ${numbers} 00000000`));
  const mean = mp4.fullBox('mean', 0, 0, mp4.ascii('com.apple.iTunes'));
  const ilst = mp4.box('ilst', mp4.box('----', mean, name, data));
  const handler = mp4.fullBox('hdlr', 0, 0, new Uint8Array(21));
  return mp4.box('udta', mp4.fullBox('meta', 0, 0, handler, ilst));
}

describe('sample tables', () => {
  const file = (plan: Partial<mp4.TablePlan>, length = 400): Uint8Array =>
    mp4.trackFile(
      { id: 1, sampleEntries: [mp4.avc1(1), mp4.avc1(2)] },
      { sizes: [10, 10, 10, 10], durations: [[4, 40]], chunks: [[1, 4, 1]], ...plan },
      MEDIA.subarray(0, length),
    );

  it('that contradict each other are believed as far as they agree', async () => {
    const more = await open(file({ sizes: [10, 10, 10, 10, 10], chunks: [[1, 2, 1]] }));
    assert.equal((await collect(more)).length, 2);
    assert.match(more.damage[0]!.reason, /3 of 5 samples are in no chunk/);
    assert.equal(
      (
        await collect(
          await open(
            file({
              chunks: [
                [1, 9, 1],
                [7, 3, 1],
              ],
            }),
          ),
        )
      ).length,
      4,
    );
    assert.deepEqual(await timesOf(file({ durations: [[2, 40]] })), [0, 40, 80, 120]);
  });

  it('of samples beyond the end of the file give those that are there', async () => {
    const demuxer = await open(file({}, 25));
    assert.equal((await collect(demuxer)).length, 2);
    assert.equal(demuxer.damage[0]!.kind, 'truncated');
    const stream = await open(file({}, 25), { seekable: false, knowsSize: false });
    assert.equal((await collect(stream)).length, 2);
    assert.equal(stream.damage[0]!.kind, 'truncated');
  });

  it('of samples beyond the end of the file end where what is there does, and list no more', async () => {
    const demuxer = await open(file({ syncSamples: [1, 2, 3, 4] }, 25));
    assert.deepEqual([...(await demuxer.readTrackEnds())], [[1, 80_000_000]]);
    const keyframes = await demuxer.readKeyframes(1);
    assert.deepEqual(
      keyframes.map(({ timeNs }) => timeNs),
      [0, 40_000_000],
    );
    const stream = await open(file({ syncSamples: [1, 2, 3, 4] }, 25), { knowsSize: false });
    assert.deepEqual([...(await stream.readTrackEnds())], [[1, 160_000_000]]);
  });

  it('that claim more than their bytes cost their track alone', async () => {
    const broken = mp4.trak({ id: 2, tables: [mp4.fullBox('stsz', 0, 0, mp4.u32(0, 0x7fffffff)), mp4.fullBox('stco', 0, 0, mp4.u32(1, 0))] }); // prettier-ignore
    const both = mp4.movieFile((at) => mp4.box('moov', mp4.mvhd(), broken, simpleTrack(at)), MEDIA);
    const demuxer = await open(both);
    assert.deepEqual(
      demuxer.info.tracks.map(({ id }) => id),
      [1],
    );
    assert.match(demuxer.damage[0]!.reason, /claims 2147483647 entries/);
  });

  it('that claim the same bytes again and again are refused', async () => {
    const many = Array.from({ length: 1000 }, () => 0);
    const hostile = mp4.movieFile(
      (at) =>
        mp4.box(
          'moov',
          mp4.mvhd(),
          mp4.trak({
            id: 1,
            tables: [
              mp4.fullBox('stts', 0, 0, mp4.u32(1, 100_000_000, 1)),
              mp4.fullBox('stsz', 0, 0, mp4.u32(1000, 100_000)),
              mp4.fullBox('stsc', 0, 0, mp4.u32(1, 1, 100, 1)),
              mp4.fullBox('stco', 0, 0, mp4.u32(1000, ...many.map(() => at))),
            ],
          }),
        ),
      new Uint8Array(100_000),
    );
    await assert.rejects(collect(await open(hostile)), LimitExceededError);
  });

  it('put decode times before presentation times where offsets are negative', async () => {
    const demuxer = await open(
      file({
        offsets: [
          [1, 0],
          [1, 80],
          [2, -40],
        ],
      }),
    );
    assert.deepEqual(
      (await collect(demuxer)).map(({ presentationTime, decodeTime }) => [presentationTime, decodeTime]),
      [
        [0, -40],
        [120, 0],
        [40, 40],
        [80, 80],
      ],
    );
  });

  it('with another sample entry carry its parameter sets in-band', async () => {
    const demuxer = await open(
      file({
        chunks: [
          [1, 2, 1],
          [2, 2, 2],
        ],
        chunkOffsets: [0, 20],
        syncSamples: [1, 3],
      }),
    );
    const samples = await collect(demuxer);
    const sets = (mark: number): number[] => [
      ...mp4.u32(5),
      0x67,
      66,
      0xc0,
      10,
      mark,
      ...mp4.u32(2),
      0x68,
      mark,
    ];
    const data = [0, 10, 20, 30].map((at) => [...MEDIA.subarray(at, at + 10)]);
    assert.deepEqual(
      samples.map((sample) => [...sample.data]),
      [[...sets(1), ...data[0]!], data[1], [...sets(2), ...data[2]!], data[3]],
    );
  });

  it('with an entry of another codec leave its samples out', async () => {
    const change = mp4.trackFile(
      { id: 1, sampleEntries: [mp4.avc1(), mp4.visualEntry('jpeg')] },
      { sizes: [10, 10], durations: [[2, 40]], chunks: [[1, 1, 1], [2, 1, 2]], chunkOffsets: [0, 10] }, // prettier-ignore
      MEDIA,
    );
    const demuxer = await open(change);
    assert.equal((await collect(demuxer)).length, 1);
    assert.match(demuxer.damage[0]!.reason, /changes to another codec/);
  });

  it('list their sync samples, and where their track ends', async () => {
    const demuxer = await open(file({ syncSamples: [1, 3], offsets: [[4, 40]] }));
    const first = (await collect(demuxer))[0]!.offset;
    assert.deepEqual(await demuxer.readKeyframes(1), [
      { trackId: 1, timeNs: 40_000_000, offset: first },
      { trackId: 1, timeNs: 120_000_000, offset: first + 20 },
    ]);
    assert.deepEqual(await demuxer.readKeyframes(7), []);
    assert.deepEqual([...(await demuxer.readTrackEnds())], [[1, 200_000_000]]);
    assert.equal(demuxer.info.durationNs, 200_000_000);
  });
});

describe('tracks', () => {
  it('say how their picture is turned', async () => {
    const turned = (a: number, b: number): number[] =>
      mp4.u32(a * 0x10000, b * 0x10000, 0, -b * 0x10000, a * 0x10000, 0, 0, 0, 0x40000000);
    const rotations = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ].map(([a, b]) => onlyTrack({ matrix: turned(a!, b!) }));
    assert.deepEqual(
      (await Promise.all(rotations)).map(({ rotation }) => rotation),
      [0, 90, 180, 270],
    );
  });

  it('say their language, and whether they are chosen by themselves', async () => {
    const german = await onlyTrack({ language: (4 << 10) | (5 << 5) | 21, flags: 0 });
    assert.deepEqual([german.language, german.isDefault, german.isEnabled], ['de', false, true]);
    assert.equal((await onlyTrack({ language: 1 })).language, 'fr');
    assert.equal((await onlyTrack({ language: 0x7fff })).language, 'und');
  });

  it('say how their colours are meant, and their pixels shaped', async () => {
    const colr = mp4.box('colr', mp4.ascii('nclx'), mp4.u16(9), mp4.u16(16), mp4.u16(9), [0x80]);
    const mdcv = mp4.box('mdcv', ...[13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450].map(mp4.u16), mp4.u32(10_000_000, 50)); // prettier-ignore
    const clli = mp4.box('clli', mp4.u16(1000), mp4.u16(400));
    const entry = mp4.visualEntry('hvc1', mp4.box('pasp', mp4.u32(8, 6)), mp4.box('colr', mp4.ascii('prof')), colr, mdcv, clli, mp4.box('fiel', [2, 9])); // prettier-ignore
    const track = await onlyTrack({ sampleEntries: [entry] });
    assert.deepEqual(track.pixelAspectRatio, [4, 3]);
    assert.deepEqual(track.color, { primaries: 9, transfer: 16, matrix: 9, fullRange: true });
    assert.deepEqual(track.masteringDisplay, {
      red: [0.68, 0.32],
      green: [0.265, 0.69],
      blue: [0.15, 0.06],
      white: [0.3127, 0.329],
      maxLuminance: 1000,
      minLuminance: 0.005,
    });
    assert.deepEqual(track.contentLight, { maxCll: 1000, maxFall: 400 });
    assert.equal(track.isInterlaced, true);
  });

  it('say that they are encrypted, and what it is that is', async () => {
    const sinf = mp4.box('sinf', mp4.box('frma', mp4.ascii('avc1')), mp4.fullBox('schm', 0, 0, mp4.ascii('cbcs'), mp4.u32(0x10000))); // prettier-ignore
    const track = await onlyTrack({ sampleEntries: [mp4.visualEntry('encv', sinf)] });
    assert.deepEqual([track.codec, track.encryption], ['h264', 'cbcs']);
  });

  it('whose samples are in another file are left out', async () => {
    const elsewhere = mp4.fullBox('dref', 0, 0, mp4.u32(1), mp4.fullBox('url ', 0, 0, mp4.ascii('a.mov\0')));
    const demuxer = await open(simpleFile({ dataReferences: elsewhere }));
    assert.deepEqual(demuxer.info.tracks, []);
    assert.match(demuxer.damage[0]!.reason, /another file/);
  });

  it('of chapters and of other kinds are no tracks', async () => {
    const chap = mp4.box('tref', mp4.box('chap', mp4.u32(2)));
    const chpl = mp4.fullBox(
      'chpl',
      1,
      0,
      mp4.u32(0),
      [2],
      mp4.u64(0),
      [1, 65],
      mp4.u64(10_000_000),
      [1, 66],
    );
    const file = mp4.movieFile(
      (at) =>
        mp4.box(
          'moov',
          mp4.mvhd(),
          simpleTrack(at, { more: [chap] }),
          mp4.trak({ id: 2, handler: 'text' }),
          mp4.trak({ id: 3, handler: 'tmcd' }),
          mp4.box('udta', chpl),
        ),
      MEDIA,
    );
    const { info, damageCount } = await open(file);
    assert.deepEqual(
      info.tracks.map(({ id }) => id),
      [1],
    );
    assert.equal(damageCount, 0);
    assert.deepEqual(
      info.chapters.map(({ startNs, titles }) => [startNs, titles[0]!.title]),
      [
        [0, 'A'],
        [1_000_000_000, 'B'],
      ],
    );
  });

  it('of plain sound are taken in groups that never leave their chunk', async () => {
    const entry = mp4.audioEntry('sowt', { rate: 48_000 });
    const file = mp4.movieFile(
      (at) =>
        mp4.box(
          'moov',
          mp4.mvhd(),
          mp4.trak({
            id: 1,
            handler: 'soun',
            timescale: 48_000,
            sampleEntries: [entry],
            tables: [
              mp4.fullBox('stts', 0, 0, mp4.u32(1, 2100, 1)),
              // QuickTime states the size of one channel's sample, if at all.
              mp4.fullBox('stsz', 0, 0, mp4.u32(1, 2100)),
              mp4.fullBox('stsc', 0, 0, mp4.u32(2, 1, 1500, 1, 2, 600, 1)),
              mp4.fullBox('stco', 0, 0, mp4.u32(2, at, at + 6000)),
            ],
          }),
        ),
      mp4.media(8400),
    );
    const demuxer = await open(file);
    assert.equal(demuxer.info.tracks[0]!.codec, 'pcm_s16le');
    const groups = (await collect(demuxer)).map((s) => [s.presentationTime, s.duration, s.data.length]);
    assert.deepEqual(groups, [
      [0, 1024, 4096],
      [1024, 476, 1904],
      [1500, 600, 2400],
    ]);
    const later = await collect(demuxer, { startNs: 40_000_000 });
    assert.deepEqual(
      later.map(({ presentationTime }) => presentationTime),
      [1500],
    );
  });
});

describe('samples', () => {
  /** All of the sound behind all of the pictures: 20 s of each. */
  const file = mp4.movieFile((at) => {
    const tables = (start: number, size: number, syncSamples?: number[]): Uint8Array[] =>
      mp4.tables({
        sizes: Array<number>(20).fill(size),
        durations: [[20, 1000]],
        chunks: [[1, 1, 1]],
        chunkOffsets: Array.from({ length: 20 }, (_, i) => start + i * size),
        ...(syncSamples && { syncSamples }),
      });
    return mp4.box(
      'moov',
      mp4.mvhd(),
      mp4.trak({ id: 1, tables: tables(at, 400_000, [1, 6, 11, 16]) }),
      mp4.trak({ id: 2, handler: 'soun', sampleEntries: [mp4.audioEntry('ac-3')], tables: tables(at + 8_000_000, 1000) }), // prettier-ignore
    );
  }, new Uint8Array(8_020_000));

  it('of a badly interleaved file come in the order of their times', async () => {
    const source = new ScriptedSource(file, { chunkBytes: 1 << 20 });
    const demuxer = await openMp4(source);
    const head = source.bytesRead;
    const times = (await collect(demuxer)).map(({ presentationTime }) => presentationTime);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(times.length, 40);
    assert.ok(source.bytesRead - head < file.length + 600_000, 'hardly a byte is read twice');
  });

  it('begin at a random access point, and other tracks with what goes with it', async () => {
    const source = new ScriptedSource(file, { chunkBytes: 1 << 20 });
    const demuxer = await openMp4(source);
    const before = source.bytesRead;
    const first: Sample[] = [];
    for await (const batch of demuxer.samples({ startNs: 7_300_000_000, seekTrackId: 1 })) {
      first.push(...batch);
      if (new Set(first.map(({ trackId }) => trackId)).size === 2) break;
    }
    assert.deepEqual(
      first.slice(0, 2).map(({ trackId, presentationTime }) => [trackId, presentationTime]),
      [
        [1, 5000],
        [2, 5000],
      ],
    );
    assert.ok(source.bytesRead - before < 2_500_000);
    assert.equal(source.open, 0);
  });

  it('stored behind an offset come in the order of their offsets, and no plan passes the end', async () => {
    const source = new ScriptedSource(file, { chunkBytes: 1 << 20 });
    const demuxer = await openMp4(source);
    const [, keyframe, next] = await demuxer.readKeyframes(1);
    let passed = 0;
    const offsets: number[] = [];
    const range = { startOffset: keyframe!.offset, endOffset: next!.offset };
    for await (const batch of demuxer.samples(range)) {
      offsets.push(...batch.map(({ offset }) => offset));
      if (batch[0]!.offset < range.endOffset) assert.ok(batch.at(-1)!.offset < range.endOffset);
      else passed++;
    }
    assert.equal(offsets[0], keyframe!.offset);
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
    assert.equal(offsets.length, 15 + 20);
    assert.ok(passed > 0);
  });

  it('of one small track are read without those between', async () => {
    const source = new ScriptedSource(file, { chunkBytes: 1 << 20 });
    const demuxer = await openMp4(source);
    const before = source.bytesRead;
    const samples = await collect(demuxer, { trackIds: new Set([2]) });
    assert.equal(samples.length, 20);
    assert.ok(source.bytesRead - before < 1_100_000);
  });
});
