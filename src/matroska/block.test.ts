import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BlockFields, blockBody, blockGroup, trackEntry } from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import type { Sample } from '../media/sample.js';
import { BlockReader } from './block.js';
import { ID } from './schema.js';
import { parseTracks } from './tracks.js';
import { float } from '../../test/support/ebml-writer.js';

interface Setup {
  readonly track?: Parameters<typeof trackEntry>[0];
  readonly extra?: readonly Uint8Array[];
  readonly timestampScale?: number;
}

function reader(setup: Setup = {}): BlockReader {
  const timestampScale = setup.timestampScale ?? 1_000_000;
  const entry = trackEntry({ type: 'video', ...setup.track }, ...(setup.extra ?? []));
  const tracks = parseTracks(entry, 0, { timestampScale, durationNs: undefined, inflate: undefined });
  return new BlockReader(new Map(tracks.map((track) => [track.track.id, track])), timestampScale, undefined);
}

function simple(fields: BlockFields, setup: Setup = {}, clusterTicks = 1000): Sample[] {
  const out: Sample[] = [];
  assert.equal(reader(setup).readSimpleBlock(blockBody(fields), 77, clusterTicks, out), undefined);
  return out;
}

function group(fields: Parameters<typeof blockGroup>[0], setup: Setup = {}): Sample[] {
  const out: Sample[] = [];
  const element = blockGroup(fields);
  assert.equal(reader(setup).readBlockGroup(element.subarray(2), 77, 1000, out), undefined);
  return out;
}

const THREE = [new Uint8Array([1]), new Uint8Array([2, 2]), new Uint8Array([3, 3, 3])];

describe('SimpleBlock', () => {
  it('gives a view of its frame, with time, key flag and place', () => {
    const body = blockBody({ time: -40, isKey: true, frames: [new Uint8Array([7, 8])] });
    const out: Sample[] = [];
    reader().readSimpleBlock(body, 77, 1000, out);
    assert.deepEqual(out, [
      {
        trackId: 1,
        presentationTime: 960_000_000,
        decodeTime: undefined,
        duration: undefined,
        isSync: true,
        discardPadding: 0,
        laceIndex: 0,
        offset: 77,
        data: new Uint8Array([7, 8]),
      },
    ]);
    assert.equal(out[0]!.data.buffer, body.buffer);
  });

  const times = [
    { time: 0, ms: 1000 },
    { time: 32_767, ms: 33_767 },
    { time: -32_768, ms: -31_768 },
    { time: -1, ms: 999 },
  ];
  for (const { time, ms } of times) {
    it(`at ${time} ticks in a Cluster at 1000 is shown at ${ms} ms`, () => {
      assert.equal(simple({ time })[0]?.presentationTime, ms * 1_000_000);
    });
  }

  it('counts in nanoseconds without rounding, less the CodecDelay', () => {
    const setup = { timestampScale: 22_675, track: { codecDelay: 6_500_000 } };
    assert.equal(simple({ time: 3 }, setup, 5_000_000)[0]?.presentationTime, 5_000_003 * 22_675 - 6_500_000);
  });

  it('stretches its own time by TrackTimestampScale', () => {
    const setup = { extra: [float(ID.TrackTimestampScale, 0.5)] };
    assert.equal(simple({ time: 101 }, setup)[0]?.presentationTime, 1_050_500_000);
  });

  it('knows track numbers of several bytes', () => {
    assert.equal(simple({ track: 300 }, { track: { number: 300 } }).length, 1);
    assert.equal(simple({ track: 1, trackWidth: 8 }).length, 1);
  });

  it('gives nothing of a track that is not wanted', () => {
    assert.deepEqual(simple({ track: 2 }), []);
  });

  it('tells VFW times as decode times', () => {
    const track = { codecId: 'V_MS/VFW/FOURCC', codecPrivate: new Uint8Array(40) };
    assert.equal(simple({ time: 0 }, { track })[0]?.decodeTime, 1_000_000_000);
  });

  for (const lacing of ['xiph', 'ebml'] as const) {
    it(`times frames laced by ${lacing} with the DefaultDuration`, () => {
      const samples = simple(
        { lacing, frames: THREE, isKey: true },
        { track: { defaultDuration: 21_333_333 } },
      );
      assert.deepEqual(
        samples.map((sample) => [sample.presentationTime, sample.laceIndex, sample.isSync, sample.data]),
        [
          [1_000_000_000, 0, true, THREE[0]],
          [1_021_333_333, 1, true, THREE[1]],
          [1_042_666_666, 2, true, THREE[2]],
        ],
      );
    });
  }

  it('gives all frames of a lace one time when no duration is known', () => {
    const frames = [new Uint8Array([1, 1]), new Uint8Array([2, 2])];
    const samples = simple({ lacing: 'fixed', frames });
    assert.deepEqual(
      samples.map((sample) => [sample.presentationTime, sample.laceIndex, sample.duration]),
      [
        [1_000_000_000, 0, undefined],
        [1_000_000_000, 1, undefined],
      ],
    );
  });

  it('gives an empty frame for a block without data', () => {
    assert.equal(simple({ frames: [new Uint8Array(0)] })[0]?.data.length, 0);
  });

  const faults = [
    { why: 'no bytes', hex: '' },
    { why: 'no flags', hex: '81 0000' },
    { why: 'no track number', hex: '00 0000 00 01' },
    { why: 'a lacing that lies', hex: '81 0000 02 05 ff' },
    { why: 'a fixed lacing that does not divide', hex: '81 0000 04 01 aabbcc' },
  ];
  for (const { why, hex } of faults) {
    it(`with ${why} is told to be wrong, and gives nothing`, () => {
      const out: Sample[] = [];
      assert.equal(typeof reader().readSimpleBlock(fromHex(hex), 0, 0, out), 'string');
      assert.deepEqual(out, []);
    });
  }

  it('at a time beyond 2^53 nanoseconds is told to be wrong', () => {
    const out: Sample[] = [];
    assert.match(reader().readSimpleBlock(blockBody(), 0, 2 ** 50, out) ?? '', /beyond 2\^53/);
  });
});

describe('BlockGroup', () => {
  it('is a random access point when it refers to nothing', () => {
    assert.equal(group({})[0]?.isSync, true);
    assert.equal(group({ references: [-40] })[0]?.isSync, false);
    assert.equal(group({ references: [0] })[0]?.isSync, false);
  });

  it('states duration and padding', () => {
    const [sample] = group({ durationTicks: 20, discardPadding: -6_500_000 });
    assert.equal(sample?.duration, 20_000_000);
    assert.equal(sample.discardPadding, -6_500_000);
  });

  it('spreads its duration over laced frames, padding on the last', () => {
    const samples = group({ lacing: 'ebml', frames: THREE, durationTicks: 10, discardPadding: 5 });
    assert.deepEqual(
      samples.map((sample) => [sample.presentationTime, sample.duration, sample.discardPadding]),
      [
        [1_000_000_000, 3_333_333, 0],
        [1_003_333_333, 3_333_334, 0],
        [1_006_666_667, 3_333_333, 5],
      ],
    );
  });

  it('is wrong without a Block, and when a child does not end in it', () => {
    const out: Sample[] = [];
    assert.match(reader().readBlockGroup(fromHex('9b 81 05'), 0, 0, out) ?? '', /no Block/);
    assert.match(reader().readBlockGroup(fromHex('a1 85 81'), 0, 0, out) ?? '', /does not end/);
    assert.deepEqual(out, []);
  });
});
