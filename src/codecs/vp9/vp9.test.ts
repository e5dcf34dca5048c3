import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureVp9 } from './configure.js';
import { inspectVp9Sample } from './inspect-sample.js';

// First bytes of libvpx 1.12 key frames, and the vpcC that ffmpeg 5.1.9 writes for them.
const cases = [
  {
    name: 'profile 0',
    frame: '824983420003f002f60438241c184a00',
    color: undefined,
    vpcc: '01000000000a820202020000',
    codecString: 'vp09.00.10.08.01.02.02.02.00',
    chroma: '4:2:0',
  },
  {
    name: 'profile 1, 4:4:4',
    frame: 'a249834200007e005ec2070483830940',
    color: undefined,
    vpcc: '01000000010a860202020000',
    codecString: 'vp09.01.10.08.03.02.02.02.00',
    chroma: '4:4:4',
  },
  {
    name: 'profile 2, PQ by the container',
    frame: '924983425001f8017b041c120e0c2c00',
    color: { primaries: 9, transfer: 16, matrix: 9, fullRange: undefined },
    vpcc: '01000000020aa20910090000',
    codecString: 'vp09.02.10.10.01.09.16.09.00',
    chroma: '4:2:0',
  },
  {
    name: 'profile 3, 4:2:2 12 bit',
    frame: 'b124c1a142001f8017b061c120e0c2e0001c007c',
    color: undefined,
    vpcc: '01000000030ac40202020000',
    codecString: 'vp09.03.10.12.02.02.02.02.00',
    chroma: '4:2:2',
  },
] as const;

describe('configureVp9', () => {
  for (const expected of cases) {
    it(`declares ${expected.name}`, () => {
      const track = videoTrack('vp9', { color: expected.color });
      const configuration = configureVp9(track, fromHex(expected.frame));
      assert.ok(configuration.decoder.kind === 'box');
      assert.equal(toHex(configuration.decoder.payload), expected.vpcc);
      assert.equal(configuration.codecString, expected.codecString);
      assert.deepEqual([configuration.width, configuration.height], [64, 48]);
      assert.equal(configuration.chroma, expected.chroma);
    });
  }

  it('takes the level from the WebM features, else from size and rate', () => {
    const frame = fromHex(cases[0].frame);
    const stated = configureVp9(
      videoTrack('vp9', { codecPrivate: fromHex('010100020128030108040101') }),
      frame,
    );
    assert.equal(stated.codecString, 'vp09.00.40.08.01.02.02.02.00');
    // 64x48 at 1000 frames a second is 3,072,000 luma samples a second: above level 1.1, within 2.
    const fast = configureVp9(videoTrack('vp9', { defaultDuration: 1_000_000 }), frame);
    assert.equal(fast.codecString, 'vp09.00.20.08.01.02.02.02.00');
  });

  it('says that a first frame is not a key frame', () => {
    assert.throws(
      () => configureVp9(videoTrack('vp9'), fromHex('860040929c08500000032000005470')),
      MalformedMediaError,
    );
    assert.throws(() => configureVp9(videoTrack('vp9'), undefined), MalformedMediaError);
  });
});

describe('inspectVp9Sample', () => {
  it('starts at key frames of every profile', () => {
    for (const { frame } of cases) assert.equal(inspectVp9Sample(fromHex(frame)).randomAccess, 'start');
  });

  it('does not start at inter frames', () => {
    for (const frame of ['860040929c08', 'a60040929c20', '960040929c00', 'b30020494e00']) {
      const traits = inspectVp9Sample(fromHex(frame));
      assert.deepEqual([traits.hasPicture, traits.randomAccess], [true, 'none']);
    }
  });

  it('keeps a frame that is shown again, and drops what is no frame', () => {
    assert.deepEqual(inspectVp9Sample(fromHex('88')).hasPicture, true);
    assert.deepEqual(inspectVp9Sample(fromHex('00')).hasPicture, false);
  });
});
