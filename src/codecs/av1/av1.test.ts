import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureAv1 } from './configure.js';
import { inspectAv1Sample } from './inspect-sample.js';
import { viewWithoutTemporalDelimiter } from './obu.js';

// av1C as ffmpeg 5.1.9 writes it for libaom 3.6 and SVT-AV1 1.4; values from ffprobe -show_streams.
const cases = [
  {
    name: 'libaom Main 8 bit',
    record: '81000c000a0a00000002aff79b5f2008',
    codecString: 'av01.0.00M.08',
    size: [64, 48],
    depth: 8,
    chroma: '4:2:0',
  },
  {
    name: 'libaom Main 10 bit PQ',
    record: '81004c000a0d00000002aff79b5f2a12201208',
    codecString: 'av01.0.00M.10.0.110.09.16.09.0',
    size: [64, 48],
    depth: 10,
    chroma: '4:2:0',
  },
  {
    name: 'libaom High 4:4:4',
    record: '812000000a0a20000002aff79b5f2040',
    codecString: 'av01.1.00M.08.0.000.02.02.02.0',
    size: [64, 48],
    depth: 8,
    chroma: '4:4:4',
  },
  {
    name: 'SVT-AV1',
    record: '81000c000a0a0000000337fbe017c002',
    codecString: 'av01.0.00M.08',
    size: [128, 96],
    depth: 8,
    chroma: '4:2:0',
  },
] as const;

describe('configureAv1', () => {
  for (const expected of cases) {
    const codecPrivate = fromHex(expected.record);

    it(`keeps the record of ${expected.name}`, () => {
      const configuration = configureAv1(videoTrack('av1', { codecPrivate }), undefined);
      assert.equal(configuration.codecString, expected.codecString);
      assert.deepEqual([configuration.width, configuration.height], expected.size);
      assert.deepEqual([configuration.bitDepth, configuration.chroma], [expected.depth, expected.chroma]);
      assert.equal(configuration.decoder.kind === 'box' && configuration.decoder.payload, codecPrivate);
    });

    it(`builds the same from the first sample of ${expected.name}`, () => {
      const sample = Uint8Array.of(0x12, 0, ...codecPrivate.subarray(4), 0x32, 2, 0x10, 0);
      const configuration = configureAv1(videoTrack('av1'), sample);
      assert.ok(configuration.decoder.kind === 'box');
      assert.equal(toHex(configuration.decoder.payload), expected.record);
    });
  }

  it('says what is missing', () => {
    assert.throws(() => configureAv1(videoTrack('av1'), fromHex('320210001200')), MalformedMediaError);
    assert.throws(
      () => configureAv1(videoTrack('av1', { codecPrivate: fromHex('0100') }), undefined),
      MalformedMediaError,
    );
  });
});

// First bytes of packets of the same encoders.
describe('inspectAv1Sample', () => {
  it('starts at a shown key frame behind a sequence header', () => {
    const sample = fromHex('0a0d00000002aff79b5f2a1220120832af04140023200410');
    const expected = { hasPicture: true, randomAccess: 'start', hasParameterSets: true };
    assert.deepEqual({ ...inspectAv1Sample(sample) }, { ...expected, leading: 'none', isDisposable: false });
  });

  it('does not start at the same frame without its sequence header', () => {
    assert.equal(inspectAv1Sample(fromHex('32af04140023200410')).randomAccess, 'recovery');
  });

  it('does not start at other frames', () => {
    assert.equal(inspectAv1Sample(fromHex('32123301e040000006c000104208280002009910')).randomAccess, 'none');
  });

  it('counts a frame that is only shown again', () => {
    // SVT-AV1's third packet: a frame header with show_existing_frame.
    const traits = inspectAv1Sample(fromHex('1a01d8'));
    assert.deepEqual([traits.hasPicture, traits.randomAccess], [true, 'none']);
  });

  it('finds no picture where there is none', () => {
    assert.equal(inspectAv1Sample(fromHex('1200')).hasPicture, false);
    assert.equal(inspectAv1Sample(new Uint8Array(0)).hasPicture, false);
  });
});

describe('viewWithoutTemporalDelimiter', () => {
  it('leaves out a leading delimiter without copying', () => {
    const sample = fromHex('12001a01d8');
    const stripped = viewWithoutTemporalDelimiter(sample);
    assert.equal(toHex(stripped), '1a01d8');
    assert.equal(stripped.buffer, sample.buffer);
  });

  it('gives a sample without one back as it is', () => {
    const sample = fromHex('1a01d8');
    assert.equal(viewWithoutTemporalDelimiter(sample), sample);
  });
});
