import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, toHex } from '../../../test/support/hex.js';
import { videoTrack } from '../../../test/support/tracks.js';
import { MalformedMediaError } from '../../errors.js';
import { configureHevc } from './configure.js';

// Parameter sets and HDR10 messages of x265 3.5 with hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)
// WP(15635,16450)L(10000000,1):max-cll=1000,400, and the fixed part of the hvcC that ffmpeg 5.1.9 writes for them.
const vps = '40010c01ffff02200000030090000003000003001e959409';
const sps = '42010102200000030090000003000003001ea020831d53659596e4caf016a122012080000003008000000c04';
const pps = '4401c173d08927';
const lightLevel = '4e01900403e8019080';
const mastering = '4e01891833c286c41d4c0bb884d03e803d13404200989680000003000180';
const fixed = '0102200000009000000000001ef000fcfdfafa00000f';

const unit = (hex: string, size = 4): string => (hex.length / 2).toString(16).padStart(size * 2, '0') + hex;
const array = (type: number, hex: string): string => type.toString(16) + '0001' + unit(hex, 2);
const complete = `${fixed}03${array(0xa0, vps)}${array(0xa1, sps)}${array(0xa2, pps)}`;
const incomplete = `${fixed}03${array(0x20, vps)}${array(0x21, sps)}${array(0x22, pps)}`;
const slice = unit('2801af1d2345');

describe('configureHevc', () => {
  it('keeps a complete record as it is', () => {
    const codecPrivate = fromHex(complete);
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate }), undefined);
    assert.equal(configuration.decoder.kind === 'box' && configuration.decoder.payload, codecPrivate);
    assert.deepEqual([configuration.sampleEntry, configuration.codecString], ['hvc1', 'hvc1.2.4.L30.90']);
    assert.deepEqual([configuration.width, configuration.height], [62, 46]);
    assert.deepEqual(
      [configuration.bitDepth, configuration.chroma, configuration.reorderDepth],
      [10, '4:2:0', 2],
    );
  });

  it('sets the completeness that hvc1 demands', () => {
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate: fromHex(incomplete) }), undefined);
    assert.equal(configuration.sampleEntry, 'hvc1');
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), complete);
  });

  it('builds the record that ffmpeg writes from a byte stream', () => {
    const sample = fromHex(`00000001${vps}00000001${sps}00000001${pps}0000012801af1d2345`);
    const configuration = configureHevc(videoTrack('hevc'), sample);
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), complete);
  });

  it('completes a record that holds no parameter sets', () => {
    const codecPrivate = fromHex(`${fixed}00`);
    const sample = fromHex(unit(vps) + unit(sps) + unit(pps) + slice);
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate }), sample);
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), complete);
  });

  it('declares hev1 when the first sample carries other parameter sets', () => {
    const sample = fromHex(unit('4401c173d08928') + slice);
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate: fromHex(incomplete) }), sample);
    assert.equal(configuration.codecString, 'hev1.2.4.L30.90');
    assert.ok(configuration.decoder.kind === 'box');
    assert.equal(toHex(configuration.decoder.payload), incomplete);
  });

  it('stays hvc1 when the first sample repeats the same parameter sets', () => {
    const sample = fromHex(unit(vps) + unit(sps) + unit(pps) + slice);
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate: fromHex(complete) }), sample);
    assert.equal(configuration.sampleEntry, 'hvc1');
  });

  it('reads HDR10 metadata from the messages', () => {
    const sample = fromHex(unit(lightLevel) + unit(mastering) + slice);
    const configuration = configureHevc(videoTrack('hevc', { codecPrivate: fromHex(complete) }), sample);
    assert.deepEqual(configuration.contentLight, { maxCll: 1000, maxFall: 400 });
    assert.deepEqual(configuration.masteringDisplay, {
      red: [0.68, 0.32],
      green: [0.265, 0.69],
      blue: [0.15, 0.06],
      white: [0.3127, 0.329],
      maxLuminance: 1000,
      minLuminance: 0.0001,
    });
  });

  it('declares Dolby Vision profile 5 as such, and 8 as HEVC', () => {
    const codecPrivate = fromHex(complete);
    const five = { boxType: 'dvcC', record: fromHex('01000a3500000000') } as const;
    const eight = { boxType: 'dvvC', record: fromHex('0100103510000000') } as const;
    const profile5 = configureHevc(videoTrack('hevc', { codecPrivate, dolbyVision: five }), undefined);
    assert.deepEqual([profile5.sampleEntry, profile5.codecString], ['dvh1', 'dvh1.05.06']);
    const profile8 = configureHevc(videoTrack('hevc', { codecPrivate, dolbyVision: eight }), undefined);
    assert.deepEqual([profile8.sampleEntry, profile8.codecString], ['hvc1', 'hvc1.2.4.L30.90']);
    assert.equal(profile8.dolbyVision, eight);
  });

  it('says what is missing', () => {
    assert.throws(() => configureHevc(videoTrack('hevc'), fromHex('000000012801af1d')), MalformedMediaError);
  });
});
