import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { collect } from '../../../test/support/samples.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import { openBytes } from '../../io/bytes-source.js';
import type { Source } from '../../media/source.js';
import { openMp4 } from './demuxer.js';

/** A table of contents byte of Opus, of 20 ms of stereo in one frame, and some bytes. */
const PACKET = [0xfc, 1, 2, 3];
/** 312 samples are left out at the beginning. RFC 7845, section 5.1; Opus in ISOBMFF, section 4.3.2 */
const DOPS = mp4.box('dOps', [0, 2], mp4.u16(312), mp4.u32(48_000), [0, 0, 0]);

/** A track of packets of 20 ms. */
function trackOf(timescale: number, edits: readonly Uint8Array[] = []): mp4.TrackPlan {
  const sampleEntries = [mp4.audioEntry('Opus', {}, DOPS)];
  return { id: 1, handler: 'soun', timescale, more: edits, sampleEntries };
}

async function paddingOf(
  lastDuration: number,
  timescale = 48_000,
  edits: readonly Uint8Array[] = [],
): Promise<number[]> {
  const durations = [[2, timescale / 50], [1, lastDuration]] as const; // prettier-ignore
  const samples = { sizes: [4, 4, 4], durations, chunks: [[1, 3, 1]] } as const;
  const file = mp4.trackFile(trackOf(timescale, edits), samples, mp4.join(PACKET, PACKET, PACKET));
  return paddingIn(openBytes(file));
}

/** A file of two fragments of two packets each, both ending with a short one. */
async function paddingInFragments(tail: Uint8Array, seekable = true): Promise<number[]> {
  const trex = mp4.fullBox('trex', 0, 0, mp4.u32(1, 1, 960, 4, 0x2000000));
  const moov = mp4.box('moov', mp4.mvhd(), mp4.trak(trackOf(48_000)), mp4.box('mvex', trex));
  const [first, second] = [0, 1416].map((decodeTime) =>
    mp4.fragment(
      (offset) => ({ id: 1, decodeTime, runs: [[0x101, 2, offset, 960, 456]] }),
      mp4.join(PACKET, PACKET),
    ),
  );
  return paddingIn(new ScriptedSource(mp4.join(mp4.FTYP, moov, first!, second!, tail), { seekable }));
}

async function paddingIn(source: Source): Promise<number[]> {
  const samples = await collect(await openMp4(source));
  return samples.map(({ discardPadding }) => discardPadding);
}

describe('the last sound of a track', () => {
  it('is no longer than its table says, whatever its codec makes of it', async () => {
    assert.deepEqual(await paddingOf(456), [0, 0, 504]);
    assert.deepEqual(await paddingOf(960), [0, 0, 0]);
  });

  it('loses what an edit list leaves out of it beside that', async () => {
    const edits = mp4.edits([40, 312]); // 1920 samples of 2376 - 312
    assert.deepEqual(await paddingOf(456, 48_000, [edits]), [0, 0, 504 + 144]);
  });

  it('is that of the last fragment, also where a table follows that', async () => {
    const trimmed = [0, 0, 0, 504];
    const mfra = mp4.box('mfra', mp4.fullBox('mfro', 0, 0, mp4.u32(24)));
    assert.deepEqual(await paddingInFragments(Uint8Array.of()), trimmed);
    assert.deepEqual(await paddingInFragments(mfra), trimmed);
    // A stream cannot be looked ahead in.
    assert.deepEqual(await paddingInFragments(mfra, false), [0, 0, 0, 0]);
    assert.deepEqual(await paddingInFragments(mp4.box('free', new Uint8Array(100))), [0, 0, 0, 0]);
  });

  it('is not trimmed for what is rounding, or not said', async () => {
    assert.deepEqual(await paddingOf(19, 1000), [0, 0, 0]);
    assert.deepEqual(await paddingOf(12, 1000), [0, 0, 8]);
    assert.deepEqual(await paddingOf(0), [0, 0, 0]);
  });
});
