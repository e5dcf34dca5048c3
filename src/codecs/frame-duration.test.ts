import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { audioTrack } from '../../test/support/tracks.js';
import { createFrameDuration } from './frame-duration.js';

const opusHead = fromHex(`${toHex(new TextEncoder().encode('OpusHead'))}0102380180bb0000000000`);

// Packets are the first bytes of what the encoders of Debian's ffmpeg 5.1.9 write; durations are those of ffprobe
// -show_packets for the same files.
describe('createFrameDuration', () => {
  it('gives AAC the rate and the length after SBR', () => {
    const durationOf = createFrameDuration(
      audioTrack('aac', { codecPrivate: fromHex('131056e598'), sampleRate: 24000 }),
    );
    assert.equal(durationOf.rate, 48000);
    assert.equal(durationOf(fromHex('2100')), 2048);
    assert.equal(durationOf(new Uint8Array(0)), undefined);
    const plain = createFrameDuration(audioTrack('aac', { codecPrivate: fromHex('1210') }));
    assert.deepEqual([plain.rate, plain(fromHex('2100'))], [44100, 1024]);
  });

  it('reads AC-3 and E-AC-3', () => {
    const ac3 = createFrameDuration(audioTrack('ac3'));
    assert.deepEqual([ac3.rate, ac3(fromHex('0b77b50b1e40ebf8'))], [48000, 1536]);
    const eac3 = createFrameDuration(audioTrack('eac3'));
    assert.equal(eac3(fromHex('0b77037f3f87c00020f820000200400004001fcc7e0107e1')), 1536);
  });

  it('believes the first packet more than the container about the rate', () => {
    const packet = fromHex('0b77d80e544043e1');
    const told = createFrameDuration(audioTrack('ac3'), packet);
    assert.deepEqual([told.rate, told(packet)], [44100, 1536]);
  });

  it('counts in ticks of the container where nothing tells the rate', () => {
    const silent = audioTrack('mp3', { sampleRate: 0, timescale: 90_000 });
    const { rate, isRateKnown } = createFrameDuration(silent);
    assert.deepEqual([rate, isRateKnown], [90_000, false]);
    assert.equal(createFrameDuration(silent)(fromHex('fffb54c4')), undefined);
    const told = createFrameDuration(silent, fromHex('fffb54c4'));
    assert.deepEqual([told.rate, told.isRateKnown], [48000, true]);
  });

  it('believes the container where the configuration of ALAC states no rate', () => {
    const codecPrivate = fromHex('000010000018280a0e010000000030040010266000000000');
    const { rate, isRateKnown } = createFrameDuration(audioTrack('alac', { codecPrivate }));
    assert.deepEqual([rate, isRateKnown], [48000, true]);
  });

  it('converts a packet at another rate only where that is exact', () => {
    const durationOf = createFrameDuration(audioTrack('mp3', { sampleRate: 44100 }));
    // MPEG-2 at 22050 Hz beside a track of 44100 Hz, then MPEG-1 at 48000 Hz.
    assert.equal(durationOf(fromHex('fff340c4')), 1152);
    assert.equal(durationOf(fromHex('fffb54c4')), undefined);
  });

  it('reads MPEG audio of all layers', () => {
    assert.equal(createFrameDuration(audioTrack('mp3'))(fromHex('fffb54c4')), 1152);
    assert.equal(createFrameDuration(audioTrack('mp2'))(fromHex('fffde4c4')), 1152);
    assert.equal(createFrameDuration(audioTrack('mp1'))(fromHex('ffffc400')), 384);
  });

  it('reads DTS', () => {
    assert.equal(createFrameDuration(audioTrack('dts'))(fromHex('7ffe8001fc3c75b276c005380009ef7b')), 512);
  });

  it('keeps the length that a major sync states for the access units after it', () => {
    const trueHd = createFrameDuration(audioTrack('truehd'));
    assert.equal(trueHd(fromHex('804cffd8f8726fba0097c00fb7520000')), 40);
    assert.equal(trueHd(fromHex('70110000600e9140802009220080200c')), 40);
    const mlp = createFrameDuration(audioTrack('mlp'), fromHex('5030ffd8f8726fbb0f0f0000b7524000'));
    assert.deepEqual([mlp.rate, mlp(fromHex('e00d0000600a914092315ae67e53372e'))], [48000, 40]);
    // audio_sampling_frequency 1 is 96 kHz, 9 is 88.2 kHz.
    const high = createFrameDuration(audioTrack('truehd'), fromHex('804cffd8f8726fba1097c00fb7520000'));
    assert.deepEqual([high.rate, high(fromHex('70110000600e9140'))], [96000, 80]);
    const odd = createFrameDuration(audioTrack('truehd'), fromHex('804cffd8f8726fba9097c00fb7520000'));
    assert.deepEqual([odd.rate, odd(fromHex('70110000600e9140'))], [88200, 80]);
  });

  it('counts several access units in one packet', () => {
    const trueHd = createFrameDuration(audioTrack('truehd'));
    assert.equal(trueHd(fromHex('7003 00006010 7004 000060119140')), 80);
  });

  it('reads Opus and FLAC', () => {
    const opus = createFrameDuration(audioTrack('opus', { codecPrivate: opusHead, sampleRate: 44100 }));
    assert.deepEqual([opus.rate, opus(fromHex('fcb4065a'))], [48000, 960]);
    const streamInfo = '1200120000011b0005140bb80b7000003840ac6cb81e3336d327945e18447881da79';
    const flac = createFrameDuration(
      audioTrack('flac', { codecPrivate: fromHex(`664c614380000022${streamInfo}`) }),
    );
    assert.deepEqual([flac.rate, flac(fromHex('fff85a5c00d9000000000000'))], [48000, 4608]);
    assert.equal(flac(fromHex('fff82a5c03b7000000000000')), 576);
  });

  it('reads ALAC, whose last packet says that it is short', () => {
    const cookie = fromHex('00000024616c616300000000000010000010280a0e01000000002004000ac4400000ac44');
    const alac = createFrameDuration(audioTrack('alac', { codecPrivate: cookie }));
    assert.deepEqual([alac.rate, alac(fromHex('00000000000f0c01700047ff'))], [44100, 4096]);
    assert.equal(alac(fromHex('0000100000075c00000f0c01')), 942);
    const bare = createFrameDuration(audioTrack('alac', { codecPrivate: cookie.subarray(12) }));
    assert.deepEqual([bare.rate, bare(fromHex('00000000000f0c01'))], [44100, 4096]);
  });

  it('divides PCM by its frames', () => {
    const samples = (codec: Parameters<typeof audioTrack>[0], bytes: number): number | undefined =>
      createFrameDuration(audioTrack(codec))(new Uint8Array(bytes));
    assert.equal(samples('pcm_s16le', 400), 100);
    assert.equal(samples('pcm_s24be', 600), 100);
    assert.equal(samples('pcm_f64le', 1600), 100);
    assert.equal(samples('pcm_u8', 200), 100);
    assert.equal(samples('pcm_mulaw', 200), 100);
    assert.equal(samples('pcm_s16le', 401), undefined);
  });

  it('says nothing where packets do not tell', () => {
    const wma = createFrameDuration(audioTrack('wmav2', { sampleRate: 44100 }));
    assert.deepEqual([wma.rate, wma(new Uint8Array(100))], [44100, undefined]);
  });

  it('says nothing, and does not throw, for damaged headers and packets', () => {
    const vorbis = createFrameDuration(audioTrack('vorbis', { codecPrivate: fromHex('0201') }));
    assert.deepEqual([vorbis.rate, vorbis(new Uint8Array(4))], [48000, undefined]);
    assert.equal(createFrameDuration(audioTrack('flac'))(new Uint8Array(4)), undefined);
    assert.equal(createFrameDuration(audioTrack('ac3'))(new Uint8Array(4)), undefined);
  });
});
