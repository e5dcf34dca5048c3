import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureVp8 } from './configure.js';
import { inspectVp8Sample } from './inspect-sample.js';

// First bytes of two packets of libvpx 1.12, 64x48; ffprobe calls the first a key frame.
const key = fromHex('1025009d012a40003000004708858588');
const inter = fromHex('d101000510ac00180018582ff4002447');

describe('VP8', () => {
  it('is declared from its first key frame', () => {
    const configuration = configureVp8(videoTrack('vp8'), key);
    assert.deepEqual([configuration.width, configuration.height], [64, 48]);
    assert.equal(configuration.codecString, 'vp08.00.00.08.00.06.06.06.00');
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), '010000000000800606060000');
  });

  it('starts at key frames only', () => {
    assert.equal(inspectVp8Sample(key).randomAccess, 'start');
    assert.equal(inspectVp8Sample(inter).randomAccess, 'none');
    assert.equal(inspectVp8Sample(inter).hasPicture, true);
    assert.equal(inspectVp8Sample(new Uint8Array(0)).hasPicture, false);
  });

  it('cannot be declared from an inter frame', () => {
    assert.throws(() => configureVp8(videoTrack('vp8'), inter), MalformedMediaError);
  });
});
