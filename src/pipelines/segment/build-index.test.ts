import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PICTURES } from '../../../test/support/indexed-matroska.js';
import {
  type IndexedFields,
  type IndexedFile,
  writeIndexed,
} from '../../../test/support/indexed-matroska.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import { InvariantError, MalformedMediaError, SegmintError, UnsupportedMediaError } from '../../errors.js';
import { type MatroskaDemuxer, openMatroska } from '../../matroska/demuxer.js';
import type { MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { VideoTrack } from '../../media/track.js';
import { buildIndex, type BuildIndexOptions } from './build-index.js';

const SECONDS = 120;
/** An IDR picture every eight seconds, and a recovery point between each two. */
const picture = (second: number): keyof typeof PICTURES =>
  second % 8 === 0 ? 'idr' : second % 4 === 0 ? 'recovery' : 'dependent';
const KEY_SECONDS = Array.from({ length: SECONDS / 4 }, (_, i) => i * 4);
const CUES = KEY_SECONDS.map((second) => ({ second }));

async function firstOf(demuxer: MatroskaDemuxer, trackId: number): Promise<Sample | undefined> {
  for await (const [first] of demuxer.samples({ trackIds: new Set([trackId]) })) {
    if (first !== undefined) return first;
  }
  return undefined;
}

async function build(
  file: IndexedFile,
  options: Omit<BuildIndexOptions, 'firstSample'>,
): Promise<{ index: MediaIndex; source: ScriptedSource }> {
  const source = new ScriptedSource(file.bytes, { chunkBytes: 4096 });
  const demuxer = await openMatroska(source);
  const track = demuxer.info.tracks[0] as VideoTrack;
  const firstSample = await firstOf(demuxer, 1);
  return {
    index: await buildIndex(demuxer, source, track, { ...options, firstSample: firstSample! }),
    source,
  };
}

const file = (fields: Partial<IndexedFields> = {}): IndexedFile =>
  writeIndexed({ seconds: SECONDS, picture, cues: CUES, ...fields });

/** Seconds at which the index has keyframes, after checking that each is where it says. */
function secondsOf({ keyframes }: MediaIndex, { clusters }: IndexedFile): number[] {
  return keyframes.map(({ timeNs, offset }) => {
    const second = (timeNs - 40_000_000) / 1_000_000_000;
    assert.equal(offset, clusters[second]);
    return second;
  });
}

describe('buildIndex', () => {
  it('believes an index that is true, and looks which of its keyframes a player can begin at', async () => {
    for (const cuesFirst of [true, false]) {
      const whole = file({ cuesFirst });
      const { index } = await build(whole, { verify: 'all' });
      assert.equal(index.origin, 'cues');
      assert.deepEqual(index.faults, []);
      assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
      assert.deepEqual(
        index.keyframes.map(({ isStartable }) => isStartable),
        KEY_SECONDS.map((second) => second % 8 === 0),
      );
      // The last picture is as long as the one before it; the last frame of Opus has 20 ms.
      const end = (SECONDS - 1) * 1e9;
      assert.deepEqual(
        [...index.trackEndsNs],
        [
          [1, end + 1_040_000_000],
          [2, end + 540_000_000],
        ],
      );
    }
  });

  it('reads the end and the Cues of a remote source at once, and probes nothing', async () => {
    for (const cuesFirst of [true, false]) {
      const whole = file({ cuesFirst, padding: 20_000 });
      const { index, source } = await build(whole, { verify: 'some' });
      assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
      const [first, ...others] = index.keyframes.map(({ isStartable }) => isStartable);
      assert.equal(first, true, 'the first picture was read anyway');
      assert.ok(others.every((isStartable) => isStartable === undefined));
      assert.deepEqual(source.opened, [0]);
      assert.equal(source.reads, 1);
    }
  });

  it('finds what entries that point elsewhere mean', async () => {
    const cues = CUES.map((cue, i) =>
      i === 5 ? { ...cue, shift: 700 } : i === 9 ? { ...cue, shift: -3 } : cue,
    );
    const whole = file({ cues });
    const { index } = await build(whole, { verify: 'all' });
    assert.equal(index.origin, 'repaired');
    assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
    assert.deepEqual(index.faults, ['2 entries of the index point to wrong places.']);
  });

  it('leaves out entries for what is no keyframe', async () => {
    const whole = file({ cues: [...CUES, { second: 13 }].sort((a, b) => a.second - b.second) });
    const { index } = await build(whole, { verify: 'all' });
    assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
    assert.equal(index.origin, 'cues');
    assert.deepEqual(index.faults, ['1 entry of the index is for a picture that is no keyframe.']);
  });

  it('takes the time that the picture has where the entry is a little off', async () => {
    const whole = file({ cues: CUES.map((cue) => ({ ...cue, late: 7 })) });
    const { index } = await build(whole, { verify: 'all' });
    assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
  });

  it('scans what an index leaves out, at any size when reading is cheap and to its budget when not', async () => {
    const whole = file({ cues: CUES.filter(({ second }) => second < 20 || second > 60), padding: 10_000 });
    for (const options of [{ verify: 'all' }, { verify: 'some' }] as const) {
      const { index } = await build(whole, options);
      assert.equal(index.origin, 'repaired');
      assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
      assert.deepEqual(index.faults, [
        'The index has no entry for 48.0 s from 16.0 s on; a scan found 11 keyframes there.',
      ]);
    }
    const { index } = await build(whole, { verify: 'some', scanBytes: 100_000 });
    assert.equal(index.origin, 'cues');
    assert.deepEqual(index.faults, [
      'The index has no entry for 48.0 s from 16.0 s on, which is too large to scan over the network.',
    ]);
  });

  it('scans an index that ends early', async () => {
    const whole = file({ cues: CUES.slice(0, 10) });
    const { index } = await build(whole, { verify: 'all' });
    assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
  });

  it('calls an index true whose keyframes are really far apart', async () => {
    const whole = file({
      picture: (second) => (second % 60 === 0 ? 'idr' : 'dependent'),
      cues: [{ second: 0 }, { second: 60 }],
    });
    const { index } = await build(whole, { verify: 'all' });
    assert.equal(index.origin, 'cues');
    assert.deepEqual(index.faults, []);
  });

  it('scans a source without an index, live ones too', async () => {
    for (const isLive of [false, true]) {
      const fields: IndexedFields = { seconds: SECONDS, picture, isLive };
      const whole = writeIndexed(fields);
      for (const verify of ['all', 'some'] as const) {
        const { index } = await build(whole, { verify });
        assert.equal(index.origin, 'scan');
        assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
        assert.equal(index.keyframes.filter(({ isStartable }) => isStartable).length, SECONDS / 8);
        assert.equal(index.faults.length, 1);
        assert.equal(index.trackEndsNs.get(1), SECONDS * 1e9 + 40_000_000);
      }
    }
  });

  it('says what can be had instead when a remote source without an index is too large to scan', async () => {
    const whole = writeIndexed({ seconds: SECONDS, picture });
    await assert.rejects(build(whole, { verify: 'some', scanBytes: 1000 }), (error) => {
      assert.ok(error instanceof UnsupportedMediaError);
      assert.match(
        error.message,
        /no index.*too large to scan over the network.*continuous stream can be played/,
      );
      return true;
    });
  });

  it('leaves out what cannot be true without looking', async () => {
    const cues = [
      ...CUES.map((cue, i) => (i === 3 ? { ...cue, shift: 50_000 } : cue)),
      { second: 119, late: 60_000 },
    ];
    const whole = file({ cues, padding: 1000 });
    const { index } = await build(whole, { verify: 'some' });
    assert.deepEqual(
      secondsOf(index, whole),
      KEY_SECONDS.filter((second) => second !== 12),
    );
    assert.deepEqual(index.faults, [
      '1 entry of the index lies outside of the file or of its duration.',
      '1 entry of the index is out of order.',
    ]);
  });

  it('is not led astray by a writer that marks every picture', async () => {
    const whole = writeIndexed({ seconds: SECONDS, picture, marksAll: true });
    const { index } = await build(whole, { verify: 'all' });
    assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
  });

  it('begins with the first picture where that is a keyframe that the index does not list', async () => {
    const whole = file({ cues: CUES.slice(1) });
    for (const verify of ['all', 'some'] as const) {
      const { index } = await build(whole, { verify });
      assert.deepEqual(secondsOf(index, whole), KEY_SECONDS);
      assert.equal(index.keyframes[0]!.isStartable, true);
    }
  });

  it('refuses a track without a keyframe', async () => {
    const whole = writeIndexed({ seconds: 5, picture: () => 'dependent' });
    await assert.rejects(build(whole, { verify: 'all' }), MalformedMediaError);
  });

  it('reads a file that was cut off', async () => {
    const whole = file({ cuesFirst: true });
    const cut = { ...whole, bytes: whole.bytes.subarray(0, whole.clusters[50]! + 40) };
    const { index } = await build(cut, { verify: 'all' });
    assert.deepEqual(
      secondsOf(index, whole),
      KEY_SECONDS.filter((second) => second < 50),
    );
    assert.equal(index.trackEndsNs.get(1), 50e9 + 40_000_000);
  });

  it('finds every keyframe, each in its place, whatever the entries of a local file say', async () => {
    const cue = fc.record({
      second: fc.integer({ min: 0, max: SECONDS - 1 }),
      shift: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -40_000, max: 40_000 })),
      late: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 100_000 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cue, { maxLength: 40 }), fc.boolean(), async (cues, cuesFirst) => {
        const whole = file({ cues, cuesFirst });
        const { index } = await build(whole, { verify: 'all' });
        const seconds = secondsOf(index, whole);
        assert.ok(seconds.every((second, i) => i === 0 || second > seconds[i - 1]!));
        assert.ok(seconds.every((second) => second % 4 === 0));
        // What is left out is no longer than an index may leave out.
        assert.ok([...seconds, SECONDS].every((second, i) => second - (seconds[i - 1] ?? 0) <= 31));
      }),
      { numRuns: 60 },
    );
  });

  it('ends with an index or a clear error, however damaged the source is', async () => {
    const whole = writeIndexed({ seconds: 20, picture, cues: CUES.slice(0, 5) });
    const change = fc.record({ at: fc.nat(whole.bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
        const bytes = whole.bytes.slice();
        for (const { at, value } of changes) bytes[at] = value;
        const demuxer = await openMatroska(new ScriptedSource(bytes)).catch(expectClear);
        const track = demuxer?.info.tracks.find((one): one is VideoTrack => one.type === 'video');
        if (demuxer === undefined || track === undefined) return;
        const firstSample = await firstOf(demuxer, track.id).catch(expectClear);
        if (firstSample === undefined) return;
        const options = { firstSample, verify: 'all' } as const;
        const index = await buildIndex(demuxer, new ScriptedSource(bytes), track, options).catch(expectClear);
        assert.ok(index === undefined || index.keyframes.length > 0);
        let at = bytes.length;
        for (let before = await demuxer.clusterBefore(at); before !== undefined;) {
          assert.ok(before < at);
          at = before;
          before = await demuxer.clusterBefore(at);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function expectClear(error: unknown): undefined {
  assert.ok(error instanceof SegmintError && !(error instanceof InvariantError), String(error));
}
