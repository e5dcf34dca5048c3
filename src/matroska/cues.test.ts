import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes, cuePoint, element, uint } from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import type { IndexEntry } from '../media/media-index.js';
import { parseCues, type CueScale } from './cues.js';
import { ID } from './schema.js';

const SCALE = { segmentOffset: 1000, timestampScale: 1_000_000, codecDelay: 0 };

/** Parses all of them, however often that pauses. */
function parseAll(
  data: Uint8Array,
  trackId: number,
  scale: CueScale,
): { entries: IndexEntry[]; pauses: number } {
  const parsing = parseCues(data, 0, trackId, scale);
  let pauses = 0;
  let step = parsing.next();
  for (; step.done !== true; step = parsing.next()) pauses++;
  return { entries: step.value, pauses };
}

describe('parseCues', () => {
  it('reads what mkvmerge writes', () => {
    // mkvinfo: cues of track 1 at 0 and 200 ms, clusters at 5931 and 6411; of track 3 at 100 ms, cluster at 5931.
    const data = fromHex(`
      bb 8f b381 00 b78a f78101 f182172b f08103
      bb 90 b381 64 b78b f78103 f182172b f0820174
      bb 8f b381 c8 b78a f78101 f182190b f08103`);
    const scale = { ...SCALE, segmentOffset: 52 };
    assert.deepEqual(parseAll(data, 1, scale).entries, [
      { trackId: 1, timeNs: 0, offset: 5983, relativePosition: 3 },
      { trackId: 1, timeNs: 200_000_000, offset: 6463, relativePosition: 3 },
    ]);
    assert.deepEqual(parseAll(data, 3, scale).entries, [
      { trackId: 3, timeNs: 100_000_000, offset: 5983, relativePosition: 0x174 },
    ]);
  });

  it('gives one track alone, in order of time, less its CodecDelay', () => {
    const data = bytes(cuePoint(2000, 2, 500), cuePoint(1000, 1, 300), cuePoint(0, 2, 100));
    assert.deepEqual(parseAll(data, 2, { ...SCALE, codecDelay: 500 }).entries, [
      { trackId: 2, timeNs: -500, offset: 1100, relativePosition: undefined },
      { trackId: 2, timeNs: 1_999_999_500, offset: 1500, relativePosition: undefined },
    ]);
    assert.deepEqual(parseAll(data, 3, SCALE).entries, []);
  });

  it('takes several tracks of one point', () => {
    const positions = (track: number): Uint8Array =>
      element(ID.CueTrackPositions, uint(ID.CueTrack, track), uint(ID.CueClusterPosition, track * 10));
    const data = element(ID.CuePoint, positions(1), positions(2), uint(ID.CueTime, 5));
    assert.deepEqual(parseAll(data, 2, SCALE).entries, [
      { trackId: 2, timeNs: 5_000_000, offset: 1020, relativePosition: undefined },
    ]);
  });

  it('pauses in long ones, whatever track they are of', () => {
    const data = bytes(...Array.from({ length: 2500 }, (_, i) => cuePoint(i, 1 + (i % 2), i)));
    const { entries, pauses } = parseAll(data, 1, SCALE);
    assert.equal(entries.length, 1250);
    assert.equal(pauses, 5);
    assert.equal(parseAll(cuePoint(0, 1, 1), 1, SCALE).pauses, 0);
  });

  it('leaves out cues that cannot be true', () => {
    const data = bytes(
      cuePoint(Number.MAX_SAFE_INTEGER, 1, 5),
      cuePoint(1, 1, Number.MAX_SAFE_INTEGER),
      element(ID.CuePoint, uint(ID.CueTime, 5)),
    );
    assert.deepEqual(parseAll(data, 1, SCALE).entries, []);
  });
});
