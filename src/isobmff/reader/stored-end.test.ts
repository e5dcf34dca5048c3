import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MovieTrack } from './movie-track.js';
import type { SampleTable } from './sample-table.js';
import { endOfStored } from './stored-end.js';

/** One chunk of samples of a tick each, from byte 100 on, all of the same size or each with its own. */
function track(count: number, constant: number, sizes = new Uint32Array(0)): MovieTrack {
  const table: SampleTable = {
    count,
    times: {
      deltas: Uint32Array.of(1),
      firstSamples: Float64Array.of(0, count),
      firstTimes: Float64Array.of(0, count),
    },
    compositionOffsets: undefined,
    syncSamples: undefined,
    sizes: { count, constant, sizes },
    chunkOffsets: Float64Array.of(100),
    chunkFirstSamples: Float64Array.of(0, count),
    chunkRuns: {
      firstChunks: Uint32Array.of(0),
      samplesPerChunk: Uint32Array.of(count),
      descriptionIndices: Uint32Array.of(1),
    },
    grouping: undefined,
  };
  const range = { first: 0, end: count };
  const timeline = { shift: 0, end: undefined };
  return { track: { timescale: 1 }, table, range, timeline, endNs: count * 1e9 } as unknown as MovieTrack;
}

/** The end in seconds, and how many times others might have had their turn. */
function find(movieTrack: MovieTrack, size: number): { end: number; turns: number } {
  const work = endOfStored(movieTrack, size);
  for (let turns = 0; ; turns++) {
    const step = work.next();
    if (step.done === true) return { end: (step.value ?? NaN) / 1e9, turns };
  }
}

describe('endOfStored', () => {
  it('is that of the last sample that is there, be it one of many small ones', () => {
    assert.equal(find(track(1000, 10), 100 + 10_000).end, 1000);
    assert.equal(find(track(1000, 10), 100 + 9999).end, 999);
    const sizes = Uint32Array.from({ length: 1000 }, (_, i) => 1 + (i % 3));
    assert.equal(find(track(1000, 0, sizes), 100 + 6).end, 3);
    assert.equal(find(track(1000, 0, sizes), 100 + 8).end, 4);
    assert.equal(find(track(1000, 10), 100).end, NaN);
  });

  it('of samples in blocks counts whole groups', () => {
    const movieTrack = track(1000, 1);
    const table = { ...movieTrack.table!, grouping: { samples: 128, blockSamples: 64, blockBytes: 34 } };
    assert.equal(find({ ...movieTrack, table }, 100 + 68 * 3 + 67).end, 384);
  });

  it('of billions of samples of one size takes a step, and of millions of sizes lets others have their turn', () => {
    const count = 2 ** 32 - 1;
    assert.deepEqual(find(track(count, 1), count), { end: count - 100, turns: 1 });
    const sizes = new Uint32Array(1_000_000).fill(1);
    const { end, turns } = find(track(sizes.length, 0, sizes), 999_000);
    assert.equal(end, 998_900);
    assert.ok(turns >= 10, `${turns} turns`);
  });
});
