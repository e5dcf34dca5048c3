import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VideoSampleTraits } from '../configuration.js';
import { createAvcInspector } from './inspect-sample.js';
import { fromHex } from '../../../test/support/hex.js';

const none: VideoSampleTraits = {
  hasPicture: true,
  randomAccess: 'none',
  leading: 'none',
  isDisposable: false,
  hasParameterSets: false,
};

// First bytes of packets of libx264, keyint=8:open-gop=1:bframes=3:b-pyramid=normal. ffprobe calls 0 and 5 key frames;
// 5 has a recovery point message and an I slice.
describe('createAvcInspector with four-byte lengths', () => {
  const inspect = createAvcInspector(4);

  it('finds an IDR picture behind the settings message', () => {
    assert.deepEqual(inspect(fromHex('00000005 0605ffffa6 00000004 65888400')), {
      ...none,
      randomAccess: 'start',
    });
  });

  it('calls an I picture with a recovery point message a recovery', () => {
    assert.deepEqual(inspect(fromHex('00000005 060601c480 0000039e 41889a037fd4d445abc4073c5372415a3c')), {
      ...none,
      randomAccess: 'recovery',
    });
  });

  it('does not call a P picture with that message a recovery', () => {
    assert.deepEqual(inspect(fromHex('00000005 060601c480 00000034 419a246c467fc298433b1bfe02')), none);
  });

  it('does not call gradual refresh a recovery: recovery_frame_cnt is 9', () => {
    assert.deepEqual(
      inspect(fromHex('00000005 0606011580 0000039e 41889a037fd4d445abc4073c5372415a3c')),
      none,
    );
  });

  it('knows reference and disposable pictures', () => {
    assert.deepEqual(inspect(fromHex('00000034 419a246c467fc298433b1bfe02f66dbff516dfb0')), none);
    assert.deepEqual(inspect(fromHex('00000008 019e617442df7bc0')), { ...none, isDisposable: true });
  });

  it('sees in-band parameter sets', () => {
    assert.deepEqual(inspect(fromHex('00000002 09f0 00000003 674d40 00000002 68eb 00000004 65888400')), {
      ...none,
      randomAccess: 'start',
      hasParameterSets: true,
    });
  });

  it('finds no picture in parameter sets, delimiters and messages alone', () => {
    assert.equal(inspect(fromHex('00000002 09f0 00000003 674d40 00000003 060180')).hasPicture, false);
    assert.equal(inspect(new Uint8Array(0)).hasPicture, false);
  });

  it('counts a slice that is cut off', () => {
    assert.deepEqual(inspect(fromHex('000002aa 65')), { ...none, randomAccess: 'start' });
  });
});

describe('createAvcInspector with other framings', () => {
  it('reads lengths of 1 and 2 bytes', () => {
    assert.equal(createAvcInspector(1)(fromHex('02 09f0 04 65888400')).randomAccess, 'start');
    assert.equal(createAvcInspector(2)(fromHex('0002 09f0 0004 65888400')).randomAccess, 'start');
  });

  it('reads Annex B', () => {
    const inspect = createAvcInspector(undefined);
    assert.deepEqual(inspect(fromHex('00000001 09f0 00000001 674d40 000001 68eb 000001 65888400')), {
      ...none,
      randomAccess: 'start',
      hasParameterSets: true,
    });
    assert.equal(
      inspect(fromHex('00000001 060601c480 000001 41889a037fd4d445abc4073c5372415a3c')).randomAccess,
      'recovery',
    );
    assert.equal(inspect(fromHex('00000001 09f0')).hasPicture, false);
  });
});
