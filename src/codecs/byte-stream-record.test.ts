import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../test/support/hex.js';
import { buildRecordOfByteStream } from './byte-stream-record.js';

/** Of x264, 160 x 90; the record is what ffmpeg's MP4 muxer wrote of it. */
const SPS = '6764000bacd9428df93011000003000100000300320f142996';
const PPS = '68ef8fcb';
const RECORD = '0164000bffe100196764000bacd9428df93011000003000100000300320f14299601000468ef8fcbfdf8f800';

describe('the record of a byte stream', () => {
  it('is what ffmpeg makes of it', () => {
    const record = buildRecordOfByteStream('h264', fromHex(`00000001 ${SPS} 000001 ${PPS}`));
    assert.equal(toHex(record!), RECORD);
  });

  it('is not made where something would be lost or is missing', () => {
    const ofUnits = (...units: string[]): Uint8Array | undefined =>
      buildRecordOfByteStream('h264', fromHex(units.map((unit) => `000001 ${unit}`).join(' ')));
    assert.equal(ofUnits(SPS), undefined);
    assert.equal(ofUnits(SPS, PPS, '0605ffff80'), undefined);
    assert.equal(ofUnits('67', PPS), undefined);
    assert.equal(buildRecordOfByteStream('h264', fromHex(RECORD)), undefined);
    assert.equal(buildRecordOfByteStream('h264', undefined), undefined);
    assert.equal(buildRecordOfByteStream('mpeg4', fromHex(`000001 ${SPS}`)), undefined);
  });
});
