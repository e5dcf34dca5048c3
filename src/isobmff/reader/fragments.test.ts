import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { collect } from '../../../test/support/samples.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
import { openMp4 } from './demuxer.js';

const SYNC = 0x2000000;
const NON_SYNC = 0x1010000;

/** `moov` of a picture track and a sound track, of 1000 ticks a second, whose samples last 40 ticks and have 10 bytes. */
function movie(...more: readonly Uint8Array[]): Uint8Array {
  const trex = (id: number, flags: number): Uint8Array =>
    mp4.fullBox('trex', 0, 0, mp4.u32(id, 1, 40, 10, flags));
  return mp4.join(
    mp4.FTYP,
    mp4.box(
      'moov',
      mp4.mvhd(),
      mp4.trak({ id: 1 }),
      mp4.trak({ id: 2, handler: 'soun', sampleEntries: [mp4.audioEntry('ac-3')] }),
      mp4.box('mvex', ...more, trex(1, NON_SYNC), trex(2, SYNC)),
    ),
  );
}

/** A fragment with one picture run whose first sample is a sync sample, and nothing stated that `trex` says. */
function fragment(count: number, decodeTime?: number): Uint8Array {
  const time = decodeTime === undefined ? {} : { decodeTime };
  return mp4.fragment(
    (offset) => ({ id: 1, runs: [[0x5, count, offset, SYNC]], ...time }),
    mp4.media(count * 10),
  );
}

async function read(file: Uint8Array, options?: SampleOptions): Promise<Sample[]> {
  return collect(await openMp4(new ScriptedSource(file)), options);
}

function placesOf(samples: readonly Sample[]): (readonly number[])[] {
  return samples.map(({ trackId, presentationTime, offset }) => [trackId, presentationTime, offset]);
}

describe('fragments', () => {
  it('take what they leave unsaid from trex, and go on where the one before ended', async () => {
    const file = mp4.join(movie(), fragment(3), fragment(2));
    const samples = await read(file);
    assert.deepEqual(
      samples.map(({ presentationTime, duration, isSync, data }) => [
        presentationTime,
        duration,
        isSync,
        data.length,
      ]),
      [
        [0, 40, true, 10],
        [40, 40, false, 10],
        [80, 40, false, 10],
        [120, 40, true, 10],
        [160, 40, false, 10],
      ],
    );
    assert.deepEqual(samples[4]!.data, mp4.media(20).subarray(10));
  });

  it('count their offsets from what tfhd says: a place in the file, the moof, or the end of the track before', async () => {
    const head = movie();
    const video = { id: 1, runs: [[0x1, 2, 100]] } as const;
    const sound = { id: 2, runs: [[0x0, 2]] } as const;
    const media = mp4.box('mdat', mp4.media(200));

    const fromMoof = placesOf(await read(mp4.join(head, mp4.moof(video, sound), media)));
    assert.deepEqual(fromMoof, [[2, 0, head.length], [2, 40, head.length + 10], [1, 0, head.length + 100], [1, 40, head.length + 110]]); // prettier-ignore

    const implicit = placesOf(await read(mp4.join(head, mp4.moof({ ...video, header: [0] }, { ...sound, header: [0] }), media))); // prettier-ignore
    assert.deepEqual(implicit.map(([id, , at]) => [id, at! - head.length]), [[1, 100], [1, 110], [2, 120], [2, 130]]); // prettier-ignore

    const stated = placesOf(
      await read(mp4.join(head, mp4.moof({ ...video, header: [0x1, 0, head.length + 20] }), media)),
    );
    assert.deepEqual(
      stated.map(([, , at]) => at! - head.length),
      [120, 130],
    );
  });

  it('hold several runs, which follow on each other unless they say otherwise', async () => {
    const head = movie();
    const runs = [
      [0x201, 2, 160, 5, 6],
      [0x200, 1, 7],
      [0x301, 1, 200, 90, 8],
    ] as const;
    const samples = await read(
      mp4.join(head, mp4.moof({ id: 1, decodeTime: 1000, runs }), mp4.box('mdat', mp4.media(300))),
    );
    assert.deepEqual(
      samples.map(({ presentationTime, duration, offset, data }) => [presentationTime, duration, offset - head.length, data.length]), // prettier-ignore
      [
        [1000, 40, 160, 5],
        [1040, 40, 165, 6],
        [1080, 40, 171, 7],
        [1120, 90, 200, 8],
      ],
    );
  });

  it('come out of a stream in bounded pieces, whatever stands between them', async () => {
    const again = movie().subarray(mp4.FTYP.length);
    const file = mp4.join(
      movie(),
      fragment(3, 0),
      mp4.box('styp'),
      again,
      mp4.box('free', mp4.media(5000)),
      fragment(2, 500),
    );
    const source = new ScriptedSource(file, { chunkBytes: 7, seekable: false, knowsSize: false });
    const samples = await collect(await openMp4(source));
    assert.deepEqual(
      samples.map(({ presentationTime }) => presentationTime),
      [0, 40, 80, 500, 540],
    );
    assert.equal(source.open, 0);
  });

  it('that are cut off end the file, and broken ones are passed over', async () => {
    const whole = mp4.join(movie(), fragment(3, 0), fragment(2, 120));
    const cut = await openMp4(new ScriptedSource(whole.subarray(0, whole.length - 15)));
    assert.equal((await collect(cut)).length, 3);
    assert.equal(cut.damage[0]!.kind, 'truncated');

    const broken = mp4.box('moof', mp4.box('traf', mp4.fullBox('tfhd', 0, 0, [1])));
    const demuxer = await openMp4(new ScriptedSource(mp4.join(movie(), broken, fragment(2, 120))));
    assert.equal((await collect(demuxer)).length, 2);
    assert.equal(demuxer.damage[0]!.kind, 'dropped');
  });

  it('end where there is no box any more', async () => {
    const noise = new Uint8Array(50).fill(3);
    const demuxer = await openMp4(new ScriptedSource(mp4.join(movie(), fragment(3, 0), noise)));
    assert.equal((await collect(demuxer)).length, 3);
    assert.deepEqual(
      demuxer.damage.map(({ kind, length }) => [kind, length]),
      [['unreadable', 50]],
    );
  });

  it('follow the samples of moov, where it has some', async () => {
    const track = (at: number): Uint8Array =>
      mp4.trak({ id: 1, tables: mp4.tables({ sizes: [10, 10], durations: [[2, 40]], chunks: [[1, 2, 1]], chunkOffsets: [at] }) }); // prettier-ignore
    const mvex = mp4.box('mvex', mp4.fullBox('trex', 0, 0, mp4.u32(1, 1, 40, 10, 0)));
    const first = mp4.movieFile((at) => mp4.box('moov', mp4.mvhd(), track(at), mvex), mp4.media(20));
    const times = (await read(mp4.join(first, fragment(2)))).map(({ presentationTime }) => presentationTime);
    assert.deepEqual(times, [0, 40, 80, 120]);
  });
});

describe('an index of fragments', () => {
  const parts = [0, 1, 2, 3].map((i) => fragment(5, i * 200));
  const head = movie();
  const plain = mp4.join(head, ...parts);
  const reference = (part: Uint8Array): number[] => mp4.u32(part.length, 200, 0x90000000);
  const sidx = (time: number, references: readonly number[][]): Uint8Array =>
    mp4.fullBox(
      'sidx',
      0,
      0,
      mp4.u32(1, 1000, time, 0),
      mp4.u16(0),
      mp4.u16(references.length),
      ...references,
    );
  const indexed = mp4.join(head, sidx(0, parts.map(reference)), ...parts);
  const nestedIndices = [sidx(0, parts.slice(0, 2).map(reference)), sidx(400, parts.slice(2).map(reference))];
  const groups = [
    mp4.join(nestedIndices[0]!, ...parts.slice(0, 2)),
    mp4.join(nestedIndices[1]!, ...parts.slice(2)),
  ];
  const nested = mp4.join(
    head,
    sidx(
      0,
      groups.map((group) => mp4.u32((2 ** 31 + group.length) >>> 0, 400, 0x90000000)),
    ),
    ...groups,
  );
  const table = parts.flatMap((_, i) => {
    const offset = head.length + parts.slice(0, i).reduce((sum, { length }) => sum + length, 0);
    return [...mp4.u32(i * 200, offset), 1, 1, 1];
  });
  const tfra = mp4.fullBox('tfra', 0, 0, mp4.u32(1, 0, 4), table);
  const mfra = mp4.box('mfra', tfra, mp4.fullBox('mfro', 0, 0, mp4.u32(8 + tfra.length + 16)));
  const files = { plain, indexed, nested, table: mp4.join(plain, mfra) };

  for (const [name, file] of Object.entries(files)) {
    it(`tells where to begin: ${name}`, async () => {
      const source = new ScriptedSource(file);
      const demuxer = await openMp4(source);
      const keyframes = await demuxer.readKeyframes(1);
      const all = await collect(demuxer);
      assert.deepEqual(
        keyframes.map(({ timeNs }) => timeNs / 1e6),
        [0, 200, 400, 600],
      );
      assert.deepEqual([...(await demuxer.readTrackEnds())], [[1, 800_000_000]]);
      for (const [i, { offset, timeNs }] of keyframes.entries()) {
        const expected = placesOf(all.slice(i * 5));
        assert.deepEqual(placesOf(await collect(demuxer, { startOffset: offset })), expected);
        assert.deepEqual(placesOf(await collect(demuxer, { startNs: timeNs + 190_000_000 })), expected);
      }
    });
  }

  it('is not needed for an offset that is no box: what is stored before it is left out', async () => {
    const all = await read(plain);
    const { offset } = all[7]!;
    assert.deepEqual(placesOf(await read(plain, { startOffset: offset })), placesOf(all.slice(7)));
  });

  it('gives times to fragments that state none', async () => {
    const untimed = [0, 1, 2].map(() => fragment(5));
    const demuxer = await openMp4(new ScriptedSource(mp4.join(head, ...untimed)));
    const [, , last] = await demuxer.readKeyframes(1);
    const samples = await collect(demuxer, { startOffset: last!.offset });
    assert.deepEqual(
      samples.map(({ presentationTime }) => presentationTime),
      [400, 440, 480, 520, 560],
    );
  });

  it('lets other tracks begin with the fragment that stands before', async () => {
    const sound = (time: number): Uint8Array => {
      const build = (offset: number): Uint8Array =>
        mp4.moof({ id: 2, decodeTime: time, runs: [[0x1, 5, offset]] });
      return mp4.join(build(build(0).length + 8), mp4.box('mdat', mp4.media(50)));
    };
    const file = mp4.join(head, ...parts.flatMap((part, i) => [sound(i * 200), part]));
    const samples = await read(file, { startNs: 450_000_000, seekTrackId: 1 });
    assert.deepEqual(samples[0]!.trackId, 2);
    assert.deepEqual(samples[0]!.presentationTime, 400);
  });

  it('is empty in a stream, which cannot be searched', async () => {
    const demuxer = await openMp4(new ScriptedSource(indexed, { seekable: false }));
    assert.deepEqual(await demuxer.readKeyframes(1), []);
    await demuxer.close();
  });

  it('states the duration where mehd does', async () => {
    const mehd = mp4.fullBox('mehd', 0, 0, mp4.u32(800));
    const { info } = await openMp4(new ScriptedSource(mp4.join(movie(mehd), ...parts)));
    assert.equal(info.durationNs, 800_000_000);
    assert.equal((await openMp4(new ScriptedSource(plain))).info.durationNs, undefined);
  });
});
