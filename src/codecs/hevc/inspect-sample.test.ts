import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex } from '../../../test/support/hex.js';
import type { VideoSampleTraits } from '../configuration.js';
import { createHevcInspector } from './inspect-sample.js';

const plain: VideoSampleTraits = {
  hasPicture: true,
  randomAccess: 'none',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: false,
};

// First bytes of packets of x265, keyint=8:open-gop=1:bframes=3:repeat-headers=1; types as ffmpeg's trace_headers names
// them.
describe('createHevcInspector', () => {
  const inspect = createHevcInspector({ lengthSize: 4, highestTemporalId: 0 });

  it('starts at an IDR picture with parameter sets before it', () => {
    const sample = fromHex('00000004 40010c01 00000004 42010101 00000004 4401c173 00000004 2801af1d');
    assert.deepEqual(inspect(sample), { ...plain, randomAccess: 'start', hasParameterSets: true });
  });

  it('starts at every type of IRAP picture', () => {
    for (let type = 16; type <= 23; type++) {
      const sample = Uint8Array.of(0, 0, 0, 4, type << 1, 1, 0xaf, 0x1d);
      assert.equal(inspect(sample).randomAccess, 'start', `type ${type}`);
    }
  });

  it('tells RASL from RADL, and disposable from referenced', () => {
    assert.deepEqual(inspect(fromHex('0000000c 1201e0e2255ff718418e2f80')), { ...plain, leading: 'skipped' });
    assert.deepEqual(inspect(fromHex('0000000c 1001e0c6f7ff48b0a68a7e80')), {
      ...plain,
      leading: 'skipped',
      isDisposable: true,
    });
    assert.deepEqual(inspect(fromHex('00000004 0e01e0c6')), { ...plain, leading: 'decodable' });
    assert.deepEqual(inspect(fromHex('00000004 0c01e0c6')), {
      ...plain,
      leading: 'decodable',
      isDisposable: true,
    });
    assert.deepEqual(inspect(fromHex('00000030 0201d0195f84318e402f5a77c5ac11b676de5bff')), plain);
  });

  it('calls a picture of a lower sub-layer disposable only where no higher one exists', () => {
    const layered = createHevcInspector({ lengthSize: 4, highestTemporalId: 1 });
    assert.equal(layered(fromHex('00000004 0001d019')).isDisposable, false);
    assert.equal(layered(fromHex('00000004 0002d019')).isDisposable, true);
    const unknown = createHevcInspector({ lengthSize: 4, highestTemporalId: undefined });
    assert.equal(unknown(fromHex('00000004 0001d019')).isDisposable, false);
  });

  it('passes over the enhancement layer', () => {
    // nuh_layer_id 1 in an IDR slice before the base layer's picture.
    assert.equal(inspect(fromHex('00000004 2809af1d 00000004 0201d019')).randomAccess, 'none');
  });

  it('finds no picture in parameter sets and messages', () => {
    assert.equal(inspect(fromHex('00000004 40010c01 00000004 4e010101')).hasPicture, false);
  });

  it('reads Annex B and other lengths', () => {
    const annexB = createHevcInspector({ lengthSize: undefined, highestTemporalId: 0 });
    assert.deepEqual(annexB(fromHex('00000001 40010c01 000001 42010101 000001 2a01af1d')), {
      ...plain,
      randomAccess: 'start',
      hasParameterSets: true,
    });
    const short = createHevcInspector({ lengthSize: 2, highestTemporalId: 0 });
    assert.equal(short(fromHex('0004 4e010101 0004 2a01af1d')).randomAccess, 'start');
  });
});
