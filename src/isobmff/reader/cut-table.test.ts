import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { collect } from '../../../test/support/samples.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import { isHidden } from '../../media/sample.js';
import { openMp4, type Mp4Demuxer } from './demuxer.js';

type Edits = readonly (readonly [duration: number, mediaTime: number, rate?: number])[];

/** Samples of one byte each, which tells which one it is. */
interface CutFile {
  readonly edits: Edits;
  readonly table: Omit<mp4.TablePlan, 'sizes' | 'chunks' | 'chunkOffsets'>;
  readonly count: number;
  readonly perChunk?: number;
  readonly fields?: Partial<mp4.TrackPlan>;
  readonly more?: readonly ((mediaOffset: number) => Uint8Array)[];
}

function write({ edits, table, count, perChunk = count, fields, more = [] }: CutFile): Uint8Array {
  const chunks = Math.ceil(count / perChunk);
  const runs = [[1, perChunk, 1], ...(count % perChunk === 0 ? [] : [[chunks, count % perChunk, 1]])];
  const tablesAt = (at: number): Uint8Array[] =>
    mp4.tables({
      ...table,
      sizes: Array.from({ length: count }, () => 1),
      chunks: runs as [number, number, number][],
      chunkOffsets: Array.from({ length: chunks }, (_, i) => at + i * perChunk),
    });
  return mp4.movieFile(
    (at) =>
      mp4.box(
        'moov',
        mp4.mvhd(),
        mp4.trak({ id: 1, more: [mp4.edits(...edits)], tables: tablesAt(at), ...fields }),
        ...more.map((build) => build(at)),
      ),
    Uint8Array.from({ length: count }, (_, i) => i),
  );
}

const open = (file: CutFile): Promise<Mp4Demuxer> => openMp4(new ScriptedSource(write(file)));

/** Numbers of the samples of track 1, and when they are presented. */
async function shown(file: CutFile): Promise<(readonly number[])[]> {
  const samples = await collect(await open(file), { trackIds: new Set([1]) });
  return samples.map(({ data, presentationTime }) => [data[0]!, presentationTime]);
}

const INTRA = { count: 10, table: { durations: [[10, 40]] } } as const;
const SOUND = { handler: 'soun', sampleEntries: [mp4.audioEntry('ac-3')] };

describe('edit lists that cut', () => {
  it('leave out what is between parts, and keep time empty where they say so', async () => {
    assert.deepEqual(await shown({ ...INTRA, edits: [[80, 0], [80, 200], [40, 360]] }), [[0, 0], [1, 40], [5, 80], [6, 120], [9, 160]]); // prettier-ignore
    const gap: CutFile = { ...INTRA, edits: [[20, -1], [80, 40], [100, -1], [80, 200]], perChunk: 3 }; // prettier-ignore
    assert.deepEqual(await shown(gap), [[1, 20], [2, 60], [5, 200], [6, 240]]); // prettier-ignore
    const demuxer = await open(gap);
    assert.deepEqual([...(await demuxer.readTrackEnds())], [[1, 280e6]]);
    const points = await demuxer.readKeyframes(1);
    assert.deepEqual(points.map(({ timeNs }) => timeNs / 1e6), [20, 60, 200, 240]); // prettier-ignore
    const first = points[0]!.offset - 1;
    assert.deepEqual(points.map(({ offset }) => offset - first), [1, 2, 5, 6]); // prettier-ignore
    for (const [startNs, number] of [
      [60e6, 2],
      [150e6, 2],
      [199e6, 2],
      [200e6, 5],
    ] as const) {
      // prettier-ignore
      const [sample] = await collect(demuxer, { startNs });
      assert.equal(sample!.data[0], number, `at ${startNs}`);
    }
    assert.equal(demuxer.damageCount, 0);
  });

  it('say of what rate the pictures are where that is left as it was', async () => {
    for (const [edits, duration] of [
      [
        [
          [80, 0],
          [80, 200],
        ],
        40,
      ],
      [
        [
          [80, 0],
          [30, -1],
          [80, 200],
        ],
        undefined,
      ],
    ] as const) {
      // prettier-ignore
      const { info } = await open({ ...INTRA, edits });
      assert.equal(info.tracks[0]!.defaultDuration, duration);
    }
  });

  it('begin a part at a picture that decoding can begin at, without those that lead it', async () => {
    // Presentation order 0 2 3 1 5 6 4 8 9 7: each group of three is led by two that refer back.
    const table = {
      durations: [[11, 40]],
      offsets: [[1, 40], [1, 120], [2, 0], [1, 120], [2, 0], [1, 120], [2, 0], [1, 40]], // prettier-ignore
      syncSamples: [1, 5, 8],
    } as const;
    const whole: CutFile = { count: 11, table, edits: [[440, 40]] }; // prettier-ignore
    assert.deepEqual(await shown(whole), [[0, 0], [1, 120], [2, 40], [3, 80], [4, 240], [5, 160], [6, 200], [7, 360], [8, 280], [9, 320], [10, 400]]); // prettier-ignore
    // From 0 to 3, and from 7 on: 8 and 9 lead that.
    const cut: CutFile = { ...whole, edits: [[160, 40], [80, 400]] }; // prettier-ignore
    const demuxer = await open({ ...cut, fields: { sampleEntries: [mp4.visualEntry('m2v1')] } });
    const samples = await collect(demuxer);
    assert.deepEqual(
      samples.map(({ data, presentationTime, decodeTime }) => [data[0], presentationTime, decodeTime]),
      [[0, 0, -40], [1, 120, 0], [2, 40, 40], [3, 80, 80], [7, 160, 120], [10, 200, 160]], // prettier-ignore
    );
    assert.equal(demuxer.damageCount, 0);
    // H.264 would count its pictures on from those before the cut, and HEVC may, which its tables do not tell.
    assert.equal((await shown(cut)).length, 11);
    const hevc = { sampleEntries: [mp4.visualEntry('hvc1')] };
    const intra: CutFile = { ...INTRA, edits: [[80, 0], [80, 200]] }; // prettier-ignore
    assert.equal((await shown({ ...intra, fields: hevc })).length, 10);
    assert.equal((await shown(intra)).length, 4);
  });

  it('hide pictures that others need, where they may: decoding begins anew with each part', async () => {
    // Presentation order 0 2 3 1 5 6 4 8 9 7, as above.
    const table = {
      durations: [[11, 40]],
      offsets: [[1, 40], [1, 120], [2, 0], [1, 120], [2, 0], [1, 120], [2, 0], [1, 40]], // prettier-ignore
      syncSamples: [1, 5, 8],
    } as const;
    // 0 2, which needs 1; then 8, which needs 7, from 4 on; then 7, which 8 and 9 lead, and 10.
    const edits: Edits = [[80, 40], [40, 320], [80, 400]]; // prettier-ignore
    const file = write({ count: 11, table, edits, fields: { sampleEntries: [mp4.visualEntry('hvc1')] } });
    const demuxer = await openMp4(new ScriptedSource(file), { mayHidePictures: true });
    const track = demuxer.info.tracks[0]!;
    assert.ok(track.type === 'video' && track.isCutWithinGroups);
    assert.equal(track.defaultDuration, 40);
    assert.deepEqual(
      (await collect(demuxer)).map((sample) => [sample.data[0], sample.presentationTime, isHidden(sample) ? 'hidden' : '', sample.beginsAnew ?? false]), // prettier-ignore
      [
        [0, 0, '', false],
        [1, 78, 'hidden', false],
        [2, 40, '', false],
        [4, 80, 'hidden', true],
        [5, 80, 'hidden', false],
        [6, 80, 'hidden', false],
        [7, 118, 'hidden', false],
        [8, 80, '', false],
        [7, 120, '', true],
        [8, 120, 'hidden', false],
        [9, 120, 'hidden', false],
        [10, 160, '', false],
      ],
    );
    const points = await demuxer.readKeyframes(1);
    assert.deepEqual(points.map(({ timeNs }) => timeNs / 1e6), [0, 80, 120]); // prettier-ignore
  });

  it('hide no more than is sensible', async () => {
    const count = 3000;
    const table = { durations: [[count, 40]], syncSamples: [1] } as const;
    // Each part needs all that is stored before it.
    const edits: Edits = Array.from({ length: 1000 }, (_, i) => [40, i * 120]);
    const demuxer = await openMp4(new ScriptedSource(write({ count, table, edits })), {
      mayHidePictures: true,
    });
    assert.equal((await collect(demuxer)).length, count);
    assert.match(demuxer.damage[0]!.reason, /only the beginning is followed/);
  });

  it('are followed only at their beginning where pictures that are not shown are needed', async () => {
    const table = { durations: [[10, 40]], syncSamples: [1, 6] } as const;
    const reordered = { ...table, offsets: [[1, 40], [1, 120], [2, 0], [6, 40]] } as const; // prettier-ignore
    const refused: readonly (readonly [table: CutFile['table'], edits: Edits])[] = [
      // The part begins between random access points.
      [table, [[80, 0], [80, 240]]], // prettier-ignore
      // What is decoded before the last picture of the part is shown behind it.
      [reordered, [[80, 40], [80, 240]]], // prettier-ignore
      // A part comes twice, comes before the one that it follows, is slower, or has no end.
      [INTRA.table, [[80, 0], [80, 40]]], // prettier-ignore
      [INTRA.table, [[80, 0], [80, 200], [80, 80]]], // prettier-ignore
      [INTRA.table, [[80, 0], [80, 200, 0x8000]]], // prettier-ignore
      [INTRA.table, [[0xffffffff, 0], [80, 200]]], // prettier-ignore
    ];
    for (const [stored, edits] of refused) {
      const demuxer = await open({ count: 10, table: stored, edits });
      assert.equal((await collect(demuxer)).length, 10);
      assert.match(demuxer.damage[0]!.reason, /only the beginning is followed/);
    }
  });

  it('cut no track where they cannot cut another', async () => {
    const refused = { durations: [[10, 40]], syncSamples: [1] } as const;
    const soundOf =
      (id: number) =>
      (at: number): Uint8Array =>
        mp4.trak({
          ...SOUND,
          id,
          more: [mp4.edits([80, 0], [80, 200])],
          tables: mp4.tables({ sizes: Array.from({ length: 10 }, () => 1), durations: [[10, 40]], chunks: [[1, 10, 1]], chunkOffsets: [at] }), // prettier-ignore
        });
    const edits: Edits = [[80, 0], [80, 200]]; // prettier-ignore
    for (const [table, count] of [
      [refused, 10],
      [INTRA.table, 4],
    ] as const) {
      // prettier-ignore
      const demuxer = await open({ count: 10, table, edits, more: [soundOf(2)] });
      for (const id of [1, 2]) {
        assert.equal((await collect(demuxer, { trackIds: new Set([id]) })).length, count);
      }
    }
  });

  it('cut text where it is shown beyond a cut', async () => {
    const text = mp4.box('tx3g', new Uint8Array(6), mp4.u16(1), new Uint8Array(38));
    const fields = { handler: 'sbtl', sampleEntries: [text] };
    const table = { durations: [[3, 100]] } as const;
    const demuxer = await open({ count: 3, table, fields, edits: [[150, 0], [80, 180], [30, 260]] }); // prettier-ignore
    const samples = await collect(demuxer);
    assert.deepEqual(
      samples.map(({ data, presentationTime, duration }) => [data[0], presentationTime, duration]),
      [[0, 0, 100], [1, 100, 50], [1, 150, 20], [2, 170, 90]], // prettier-ignore
    );
  });

  it('are not carried out where parts overlap so often that each sample would be had thousands of times', async () => {
    // A tick of the movie is all of the media, so each part holds all of it, whatever comes before.
    const edits = Array.from({ length: 500 }, () => [[1, -1], [1, 0]] as const).flat(); // prettier-ignore
    const timescale = 100_000_000;
    const count = 2000;
    const text = mp4.box('tx3g', new Uint8Array(6), mp4.u16(1), new Uint8Array(38));
    for (const [fields, table] of [
      [{ handler: 'sbtl', sampleEntries: [text] }, { durations: [[count, 50]] }],
      [
        {},
        {
          durations: [[count, 50]],
          offsets: [
            [1, 100_000_000],
            [count - 1, 0],
          ],
          syncSamples: [1],
        },
      ],
    ] as const) {
      // prettier-ignore
      const file = write({ count, edits, table, fields: { ...fields, timescale } });
      const demuxer = await openMp4(new ScriptedSource(file), { mayHidePictures: true });
      assert.equal(demuxer.damageCount, 1);
      assert.equal((await collect(demuxer)).length, count);
    }
  });

  it('are not carried out where each of many parts would have a thousand pictures looked at', async () => {
    const count = 6000;
    const edits = Array.from({ length: 600 }, (_, i) => [25, i * 400 + 77] as const);
    const syncSamples = Array.from({ length: count / 50 }, (_, i) => 1 + i * 50);
    for (const [last, isCarriedOut] of [
      [0, true],
      [2_000_000_000, false],
    ] as const) {
      const offsets = Array.from(
        { length: count },
        (_, i) => [1, i === count - 1 ? last : (i % 2) * 7] as const,
      );
      const table = { durations: [[count, 40] as const], offsets, syncSamples };
      const file = write({ count, edits, table, fields: { timescale: 1000 } });
      const demuxer = await openMp4(new ScriptedSource(file), { mayHidePictures: true });
      assert.equal(demuxer.damageCount, isCarriedOut ? 0 : 1);
    }
  });

  it('keep every picture of each part, and sound without a gap, where they cut anywhere', async () => {
    const part = fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 80, max: 500 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (parts, perChunk) => {
          // prettier-ignore
          let media = 0;
          let at = 0;
          const pieces = parts.map(([skipped, length]) => {
            const piece = { start: media + skipped, length, at };
            media += skipped + length;
            at += length;
            return piece;
          });
          const edits = pieces.map(({ start, length }) => [length, start] as const);
          const file: CutFile = { edits, count: 200, table: { durations: [[3, 25], [197, 32]] }, perChunk }; // prettier-ignore
          const pictures = await shown(file);
          const sound = await shown({ ...file, fields: SOUND });
          for (let i = 1; i < sound.length; i++) {
            const [number, time] = sound[i - 1]!;
            assert.equal(sound[i]![1], time! + (number! < 3 ? 25 : 32));
          }
          for (const [kind, samples] of Object.entries({ pictures, sound })) {
            const numbers = samples.map(([number]) => number!);
            assert.deepEqual(
              numbers,
              [...new Set(numbers)].toSorted((a, b) => a - b),
            );
            for (const [number, time] of samples) {
              const stored = number! < 3 ? number! * 25 : 75 + (number! - 3) * 32;
              const errors = pieces.map((piece) => Math.abs(stored - piece.start + piece.at - time!));
              assert.ok(Math.min(...errors) <= 32, `${kind}: ${number} at ${time}`);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
