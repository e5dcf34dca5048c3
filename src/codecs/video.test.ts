import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { videoTrack } from '../../test/support/tracks.js';
import { UnsupportedMediaError } from '../errors.js';
import { configureVideo, createVideoConverter, createVideoInspector } from './video.js';

const avcc = '014d400affe10017674d400aeca23d80880000030008000003018078912cb001000568ebe3cb20';

describe('createVideoConverter', () => {
  it('rewrites Annex B, and declares it with the lengths that it writes', () => {
    const sample = fromHex(
      '00000001 674d400aeca23d80880000030008000003018078912cb0 00000001 68ebe3cb20 000001 65888421',
    );
    const track = videoTrack('h264');
    const { decoder } = configureVideo(track, sample);
    assert.ok(decoder.kind === 'box');
    assert.equal(decoder.payload[4], 0xff);
    assert.equal(
      toHex(createVideoConverter(track)!(sample)),
      '00000017674d400aeca23d80880000030008000003018078912cb00000000568ebe3cb200000000465888421',
    );
  });

  it('leaves samples with lengths alone', () => {
    assert.equal(createVideoConverter(videoTrack('h264', { codecPrivate: fromHex(avcc) })), undefined);
    assert.equal(createVideoConverter(videoTrack('vp9')), undefined);
    assert.equal(createVideoConverter(videoTrack('vp8')), undefined);
  });

  it('widens short lengths, and declares what it writes', () => {
    const codecPrivate = fromHex(avcc);
    codecPrivate[4] = 0xfd;
    const track = videoTrack('h264', { codecPrivate });
    const { decoder } = configureVideo(track, fromHex('000465888421'));
    assert.ok(decoder.kind === 'box');
    assert.equal(toHex(decoder.payload), avcc);
    assert.equal(codecPrivate[4], 0xfd);
    assert.equal(toHex(createVideoConverter(track)!(fromHex('000465888421'))), '0000000465888421');
  });

  it('takes the temporal delimiter off AV1', () => {
    assert.equal(toHex(createVideoConverter(videoTrack('av1'))!(fromHex('12001a01d8'))), '1a01d8');
  });
});

describe('configureVideo', () => {
  it('names what cannot be copied', () => {
    const track = videoTrack('mpeg4', { codecTag: 'V_MPEG4/ISO/ASP' });
    assert.throws(
      () => configureVideo(track, undefined),
      (error) => {
        assert.ok(error instanceof UnsupportedMediaError);
        assert.match(error.message, /mpeg4 \(V_MPEG4\/ISO\/ASP\)/);
        return true;
      },
    );
    assert.throws(() => createVideoInspector(track), UnsupportedMediaError);
  });
});
