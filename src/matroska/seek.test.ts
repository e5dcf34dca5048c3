import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { ScriptedSource } from '../../test/support/scripted-source.js';
import type { Sample } from '../media/sample.js';
import { openMatroska } from './demuxer.js';
import { ID } from './schema.js';

const SECONDS = 200;
const FRAME = new Uint8Array(100_000);
const HEAD = ebml.bytes(
  ebml.info({ durationTicks: SECONDS * 1000 }),
  ebml.element(ID.Tracks, ebml.trackEntry({ number: 1 }), ebml.trackEntry({ number: 2, type: 'audio' })),
);

/** A Cluster a second; video key frames every `keyEvery` seconds, audio throughout. */
const CLUSTERS = Array.from({ length: SECONDS }, (_, second) =>
  ebml.cluster(
    second * 1000,
    ebml.simpleBlock({ track: 2, time: 0 }),
    ebml.simpleBlock({ track: 1, time: 20, isKey: second % 4 === 0, frames: [FRAME] }),
  ),
);

function clusterPosition(second: number, before: number): number {
  return before + CLUSTERS.slice(0, second).reduce((total, cluster) => total + cluster.length, 0);
}

/** The file with Cues before its Clusters: of track 1 as asked for, of track 2 for each second. */
function fileWith(cues: { second: number; position?: (right: number) => number }[] | undefined): Uint8Array {
  if (cues === undefined) {
    return ebml.bytes(ebml.ebmlHeader(), ebml.element(ID.Segment, HEAD, ...CLUSTERS));
  }
  const build = (before: number): Uint8Array =>
    ebml.elementWithSizeWidth(
      ID.Cues,
      8,
      ...cues.map(({ second, position }) => {
        const right = clusterPosition(second, before);
        return ebml.cuePoint(second * 1000 + 20, 1, position?.(right) ?? right);
      }),
      ...Array.from({ length: SECONDS }, (_, second) =>
        ebml.cuePoint(second * 1000, 2, clusterPosition(second, before)),
      ),
    );
  // Positions are of fixed width, but times are not: the size is found by building once.
  const before = HEAD.length + build(0).length;
  return ebml.bytes(ebml.ebmlHeader(), ebml.element(ID.Segment, HEAD, build(before), ...CLUSTERS));
}

async function firstFrom(
  file: Uint8Array,
  startNs: number,
  seekable = true,
): Promise<{ first: Sample; source: ScriptedSource }> {
  const source = new ScriptedSource(file, { chunkBytes: 65_536, seekable });
  const demuxer = await openMatroska(source);
  for await (const [first] of demuxer.samples({ startNs, seekTrackId: 1 })) return { first: first!, source };
  throw new assert.AssertionError({ message: 'no samples' });
}

const KEYS = Array.from({ length: SECONDS / 4 }, (_, i) => ({ second: i * 4 }));
const second = (sample: Sample): number => sample.presentationTime / 1e9;

describe('a start in the middle', () => {
  const starts = [
    { startNs: 0, lands: 0 },
    { startNs: -5, lands: 0 },
    { startNs: 19_999_999, lands: 0 },
    { startNs: 100.02e9, lands: 100 },
    { startNs: 100.019e9, lands: 96 },
    { startNs: 103.9e9, lands: 100 },
    { startNs: 1e15, lands: 196 },
  ];
  for (const { startNs, lands } of starts) {
    it(`at ${startNs / 1e9} s lands at ${lands} s by the Cues of the video`, async () => {
      const { first, source } = await firstFrom(fileWith(KEYS), startNs);
      assert.equal(second(first), lands);
      assert.equal(first.trackId, 2);
      assert.ok(source.bytesRead < 1_000_000, `${source.bytesRead} bytes`);
      assert.equal(source.open, 0);
    });
  }

  it('steps back from a cue that points at no Cluster', async () => {
    const cues = KEYS.map(({ second: at }) => ({
      second: at,
      position: (right: number): number => (at === 100 ? right + 1 : right),
    }));
    assert.equal(second((await firstFrom(fileWith(cues), 101e9)).first), 96);
  });

  for (const startNs of [0.5e9, 3.9e9, 50.5e9, 101e9, 155.9e9, 199.9e9, 1e15]) {
    it(`at ${startNs / 1e9} s without Cues is found by search, before a key frame that is not later`, async () => {
      const { first, source } = await firstFrom(fileWith(undefined), startNs);
      const wanted = Math.min(SECONDS - 1, Math.floor(startNs / 1e9));
      const key = wanted - (wanted % 4);
      assert.ok(second(first) <= key, `${second(first)} s`);
      assert.ok(second(first) >= key - 40, `${second(first)} s is too early`);
      assert.ok(source.bytesRead < 8 << 20, `${source.bytesRead} bytes of ${source.size}`);
    });
  }

  it('is searched for where cues are far apart', async () => {
    const { first, source } = await firstFrom(fileWith([{ second: 0 }]), 150e9);
    assert.ok(second(first) <= 148 && second(first) >= 100, `${second(first)} s`);
    assert.ok(source.bytesRead < 8 << 20);
  });

  it('is searched for when the Cues lie about everything', async () => {
    const lying = KEYS.map(({ second: at }) => ({
      second: at,
      position: (right: number): number => right + 7,
    }));
    const { first } = await firstFrom(fileWith(lying), 101e9);
    assert.ok(second(first) <= 100 && second(first) >= 60);
    const swapped = KEYS.map(({ second: at }) => ({
      second: at,
      position: (right: number): number =>
        right - clusterPosition(at, 0) + clusterPosition(SECONDS - 1 - at, 0),
    }));
    assert.ok(second((await firstFrom(fileWith(swapped), 181e9)).first) <= 180);
  });

  it('begins at the beginning when the source is not seekable', async () => {
    assert.equal(second((await firstFrom(fileWith(KEYS), 101e9, false)).first), 0);
  });
});
