import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../../test/support/hex.js';
import { readBoxes, readSamples, theBox } from '../../test/support/mp4-boxes.js';
import { InvariantError, LimitExceededError } from '../errors.js';
import { buildFragment, type Fragment, type FragmentTrack } from './fragment.js';
import type { MuxSample } from './mux-sample.js';
import { AUDIO_SAMPLE_FLAGS } from './sample-flags.js';

const join = (fragment: Fragment) => new Uint8Array(Buffer.concat(fragment.chunks));

const sample = (fields: Partial<MuxSample>): MuxSample => ({
  duration: 1001,
  compositionOffset: 0,
  flags: AUDIO_SAMPLE_FLAGS,
  data: new Uint8Array(10),
  ...fields,
});

const oneTrack = (samples: readonly MuxSample[], baseMediaDecodeTime = 0) =>
  buildFragment({ sequenceNumber: 1, tracks: [{ trackId: 1, baseMediaDecodeTime, samples }] });

/** The flags of `tfhd` and `trun`, which say which fields stand where. */
function layout(fragment: Fragment): { tfhd: number; trun: number } {
  const boxes = readBoxes(join(fragment));
  const flags = (path: string) => Buffer.from(theBox(boxes, path).bytes).readUInt32BE(8) & 0xffffff;
  return { tfhd: flags('moof/traf/tfhd'), trun: flags('moof/traf/trun') };
}

describe('buildFragment', () => {
  it('says once what all samples have in common', () => {
    assert.deepEqual(layout(oneTrack([sample({}), sample({}), sample({})])), { tfhd: 0x020038, trun: 0x001 });
  });

  it('says of sound of changing size the sizes alone', () => {
    const samples = [sample({}), sample({ data: new Uint8Array(11) })];
    assert.deepEqual(layout(oneTrack(samples)), { tfhd: 0x020028, trun: 0x201 });
  });

  it('says the first sample’s flags apart, when the others share theirs', () => {
    const [sync, other] = [sample({ flags: 0x02400000 }), sample({ flags: 0x01410000 })];
    assert.deepEqual(layout(oneTrack([sync, other, other])), { tfhd: 0x020038, trun: 0x005 });
    assert.deepEqual(layout(oneTrack([sync, other])), { tfhd: 0x020038, trun: 0x005 });
    assert.deepEqual(layout(oneTrack([sync, other, sync])), { tfhd: 0x020018, trun: 0x401 });
    assert.deepEqual(layout(oneTrack([sync])), { tfhd: 0x020038, trun: 0x001 });
  });

  it('says durations and composition offsets one by one, when they differ or are not zero', () => {
    assert.deepEqual(layout(oneTrack([sample({}), sample({ duration: 1002 })])), {
      tfhd: 0x020030,
      trun: 0x101,
    });
    assert.deepEqual(layout(oneTrack([sample({}), sample({ compositionOffset: -1 })])), {
      tfhd: 0x020038,
      trun: 0x801,
    });
  });

  it('writes the moof that FFmpeg 5.1 writes, but for the size that it states in vain', () => {
    // Six frames of x264 with two B-frames, `-movflags +frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets`.
    // FFmpeg's tfhd has a default size of 0x700 as well, which the trun overrides: four bytes more.
    const fields = [
      [0x700, 0],
      [0x129, 0x400],
      [0x7c, -0x200],
      [0x7e, -0x200],
      [0xbb, 0x200],
      [0x76, -0x200],
    ];
    const samples = fields.map(([size, compositionOffset], i) =>
      sample({
        duration: 512,
        compositionOffset: compositionOffset!,
        flags: i === 0 ? 0x02000000 : 0x01010000,
        data: new Uint8Array(size!),
      }),
    );
    assert.equal(
      toHex(oneTrack(samples).chunks[0]!),
      '000000946d6f6f66000000106d666864000000000000000100' +
        '00007c74726166' +
        '000000187466686400020028000000010000020001010000' +
        '0000001474666474010000000000000000000000' +
        '000000487472756e01000a05000000060000009c020000000000070000000000000001290000040000' +
        '00007cfffffe000000007efffffe00000000bb0000020000000076fffffe00' +
        '00000a5c6d646174',
    );
  });

  it('announces a segment by styp, from whose end offsets do not count', () => {
    const samples = [sample({ data: Uint8Array.of(1, 2, 3) })];
    const tracks: FragmentTrack[] = [{ trackId: 1, baseMediaDecodeTime: 5, samples }];
    const alone = buildFragment({ sequenceNumber: 7, tracks, withSegmentType: true });
    const bytes = join(alone);
    assert.deepEqual(
      readBoxes(bytes).map((box) => box.type),
      ['styp', 'moof', 'mdat'],
    );
    const brands = (of: Fragment) =>
      Buffer.from(theBox(readBoxes(join(of)), 'styp').bytes.subarray(8)).toString('latin1');
    assert.equal(brands(alone), 'msdh\0\0\0\0msdhiso6cmfs');
    assert.deepEqual(readSamples(bytes).get(1)![0]!.data, Uint8Array.of(1, 2, 3));
    tracks.push({ trackId: 2, baseMediaDecodeTime: 0, samples });
    assert.equal(
      brands(buildFragment({ sequenceNumber: 7, tracks, withSegmentType: true })),
      'msdh\0\0\0\0msdhiso6',
    );
  });

  it('hands the samples on as views of their own memory', () => {
    const memory = new Uint8Array(100);
    const apart = new Uint8Array(5);
    const { chunks } = oneTrack([
      sample({ data: memory.subarray(0, 10) }),
      sample({ data: memory.subarray(10, 20) }),
      sample({ data: apart }),
    ]);
    assert.equal(chunks.length, 3);
    assert.equal(chunks[1]!.buffer, memory.buffer);
    assert.equal(chunks[1]!.byteLength, 20);
    assert.equal(chunks[2], apart);
  });

  it('leaves out a track without samples', () => {
    const tracks = [
      { trackId: 1, baseMediaDecodeTime: 0, samples: [] },
      { trackId: 2, baseMediaDecodeTime: 0, samples: [sample({})] },
    ];
    assert.deepEqual([...readSamples(join(buildFragment({ sequenceNumber: 1, tracks }))).keys()], [2]);
  });

  it('refuses what the fields cannot hold', () => {
    const limits = [
      { duration: 2 ** 32 },
      { compositionOffset: 2 ** 31 },
      { compositionOffset: -(2 ** 31) - 1 },
    ];
    for (const fields of limits) assert.throws(() => oneTrack([sample(fields)]), LimitExceededError);
    const bugs = [{ duration: -1 }, { duration: 0.5 }, { duration: Number.NaN }, { compositionOffset: 0.5 }];
    for (const fields of bugs) assert.throws(() => oneTrack([sample(fields)]), InvariantError);
    assert.throws(() => oneTrack([sample({})], -1), InvariantError);
    assert.throws(() => oneTrack([sample({})], 2 ** 53), InvariantError);
    assert.throws(() => oneTrack([]), InvariantError);
    assert.throws(() => buildFragment({ sequenceNumber: 2 ** 32, tracks: [] }), InvariantError);
  });

  it('refuses a fragment of 2 GiB', () => {
    // One buffer counted many times: the size is refused before anything is made of it.
    const data = new Uint8Array(2 ** 20);
    const samples = new Array<MuxSample>(2048).fill(sample({ data }));
    assert.throws(() => oneTrack(samples), LimitExceededError);
  });

  const anySample = fc.record({
    duration: fc.oneof(fc.constant(1024), fc.nat({ max: 2 ** 32 - 1 })),
    compositionOffset: fc.oneof(fc.constant(0), fc.integer()),
    flags: fc.constantFrom(0x02000000, 0x01410000, 0x02400000, 0x0d810000),
    data: fc.uint8Array({ maxLength: 20 }),
  });
  const anyTracks = fc
    .uniqueArray(
      fc.record({
        trackId: fc.integer({ min: 1, max: 2 ** 32 - 2 }),
        baseMediaDecodeTime: fc.nat({ max: 2 ** 52 }),
        samples: fc.array(anySample, { minLength: 1, maxLength: 12 }),
      }),
      { minLength: 1, maxLength: 4, selector: (track) => track.trackId },
    )
    .map((tracks): FragmentTrack[] => tracks);

  it('is read back by an independent reader as what went in, whatever went in', () => {
    fc.assert(
      fc.property(
        anyTracks,
        fc.nat({ max: 2 ** 32 - 1 }),
        fc.boolean(),
        (tracks, sequenceNumber, withSegmentType) => {
          const fragment = buildFragment({ sequenceNumber, tracks, withSegmentType });
          const bytes = join(fragment);
          assert.equal(bytes.byteLength, fragment.byteLength);
          const read = readSamples(bytes);
          assert.equal(read.size, tracks.length);
          for (const track of tracks) {
            let decodeTime = track.baseMediaDecodeTime;
            const expected = track.samples.map((each) => {
              const described = { ...each, decodeTime };
              decodeTime += each.duration;
              return described;
            });
            assert.deepEqual(
              read.get(track.trackId)!.map((each) => ({ ...each, data: [...each.data] })),
              expected.map((each) => ({ ...each, data: [...each.data] })),
            );
          }
        },
      ),
    );
  });
});
