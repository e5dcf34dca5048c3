import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioTrack } from '../../../test/support/tracks.js';
import { createFrameDuration } from '../frame-duration.js';

// Packet durations of `ffmpeg -f lavfi -i sine -c:a CODEC x.wav` and .mkv, as ffprobe 5.1 shows them.
describe('packet durations of codecs whose packets have fixed lengths', () => {
  it('counts ADPCM blocks', () => {
    const ms = createFrameDuration(
      audioTrack('adpcm_ms', { channels: 1, sampleRate: 44_100, blockAlign: 1024 }),
    );
    assert.equal(ms(new Uint8Array(1024)), 2036);
    assert.equal(ms(new Uint8Array(2048)), 4072);
    assert.equal(ms(new Uint8Array(3)), undefined);
    const ima = createFrameDuration(audioTrack('adpcm_ima_wav', { channels: 2, blockAlign: 2048 }));
    assert.equal(ima(new Uint8Array(2048)), 2041);
  });

  it('knows the length of a TTA frame', () => {
    assert.equal(createFrameDuration(audioTrack('tta', { sampleRate: 44_100 }))(new Uint8Array(9)), 46_080);
  });

  it('reads the length of a WavPack block', () => {
    const block = new Uint8Array(40);
    block.set([0x77, 0x76, 0x70, 0x6b]);
    block.set([0x22, 0x56, 0, 0], 20);
    const duration = createFrameDuration(audioTrack('wavpack', { sampleRate: 44_100 }));
    assert.equal(duration(block), 22_050);
    assert.equal(duration(block.subarray(0, 20)), undefined);
    assert.equal(duration(new Uint8Array(40)), undefined);
  });
});
