import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../errors.js';
import type { AudioTrack, Track, VideoTrack } from '../media/track.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';
import { type MatroskaTrack, parseTracks } from './tracks.js';

const CONTEXT = { timestampScale: 1_000_000, durationNs: undefined, inflate: undefined };

function parse(...entries: Uint8Array[]): MatroskaTrack[] {
  return parseTracks(ebml.bytes(...entries), 0, CONTEXT);
}

function parseOne(fields: Parameters<typeof ebml.trackEntry>[0], ...extra: Uint8Array[]): Track {
  return parse(ebml.trackEntry(fields, ...extra))[0]!.track;
}

describe('parseTracks', () => {
  it('fills in the defaults of RFC 9559', () => {
    const { codecPrivate, ...track } = parseOne({ type: 'audio', codecId: 'A_AC3' }) as AudioTrack;
    assert.equal(codecPrivate, undefined);
    assert.deepEqual(track, {
      id: 1,
      type: 'audio',
      codec: 'ac3',
      codecTag: 'A_AC3',
      timescale: 1_000_000_000,
      timePrecision: 1_000_000,
      language: 'en',
      name: undefined,
      isDefault: true,
      roles: [],
      isForced: false,
      isEnabled: true,
      defaultDuration: undefined,
      encryption: undefined,
      sampleRate: 8000,
      outputSampleRate: undefined,
      channels: 1,
      bitDepth: undefined,
      blockAlign: undefined,
      bitRate: undefined,
      codecDelay: 0,
      seekPreRoll: 0,
    });
  });

  it('reads names, flags and languages', () => {
    const track = parseOne(
      { type: 'subtitle', codecId: 'S_TEXT/UTF8' },
      ebml.text(ID.Name, 'Kommentar'),
      ebml.text(ID.Language, 'ger'),
      ebml.text(ID.LanguageBCP47, 'de-AT'),
      ebml.uint(ID.FlagDefault, 0),
      ebml.uint(ID.FlagForced, 1),
      ebml.uint(ID.FlagEnabled, 0),
      ebml.uint(ID.FlagCommentary, 1),
      ebml.uint(ID.FlagCommentary, 1),
      ebml.uint(ID.FlagOriginal, 0),
      ebml.uint(ID.FlagHearingImpaired, 1),
    );
    assert.deepEqual(
      [track.name, track.language, track.isDefault, track.isForced, track.isEnabled],
      ['Kommentar', 'de-AT', false, true, false],
    );
    assert.deepEqual(track.roles, ['commentary', 'hearing-impaired']);
  });

  it('reads audio settings, and believes only what can be', () => {
    const audio = (...children: Uint8Array[]): AudioTrack =>
      parseOne({ type: 'audio', codecId: 'A_AAC' }, ebml.element(ID.Audio, ...children)) as AudioTrack;
    const heAac = audio(
      ebml.float(ID.SamplingFrequency, 24_000),
      ebml.float(ID.OutputSamplingFrequency, 48_000),
      ebml.uint(ID.Channels, 2),
      ebml.uint(ID.BitDepth, 16),
    );
    assert.deepEqual(
      [heAac.sampleRate, heAac.outputSampleRate, heAac.channels, heAac.bitDepth],
      [24_000, 48_000, 2, 16],
    );
    assert.equal(audio(ebml.float(ID.SamplingFrequency, Number.NaN)).sampleRate, 8000);
    assert.equal(audio(ebml.float(ID.SamplingFrequency, -1)).sampleRate, 8000);
  });

  it('takes the shape of pixels from the parameter sets where it states none', () => {
    // ffprobe tells SAR 4:3 of a byte stream with these parameter sets.
    const codecPrivate = fromHex(
      '0164000affe1001b6764000aacd9447eab0e6e020202800000030080000018078912cb01000768ebe3cb3002c0fdf8f800',
    );
    const shape = (...stated: Uint8Array[]): readonly [number, number] =>
      (
        parseOne(
          { codecId: 'V_MPEG4/ISO/AVC', codecPrivate },
          ebml.element(ID.Video, ebml.uint(ID.PixelWidth, 62), ebml.uint(ID.PixelHeight, 46), ...stated),
        ) as VideoTrack
      ).pixelAspectRatio;
    assert.deepEqual(shape(), [4, 3]);
    assert.deepEqual(shape(ebml.uint(ID.DisplayWidth, 62), ebml.uint(ID.DisplayHeight, 46)), [1, 1]);
    assert.deepEqual(shape(ebml.uint(ID.DisplayWidth, 31)), [1, 2]);
  });

  it('reads a Dolby Vision configuration', () => {
    const record = fromHex('01001050200000');
    const mapping = (type: number): Uint8Array =>
      ebml.element(
        ID.BlockAdditionMapping,
        ebml.uint(ID.BlockAddIDType, type),
        ebml.element(ID.BlockAddIDExtraData, record),
      );
    const dvvC = parseOne({ codecId: 'V_MPEGH/ISO/HEVC' }, mapping(1), mapping(0x64767643)) as VideoTrack;
    assert.deepEqual(dvvC.dolbyVision, { boxType: 'dvvC', record });
    const none = parseOne({ codecId: 'V_MPEGH/ISO/HEVC' }, mapping(4)) as VideoTrack;
    assert.equal(none.dolbyVision, undefined);
  });

  it('opens VFW and ACM wrappers', () => {
    const vfw = parseOne({
      codecId: 'V_MS/VFW/FOURCC',
      codecPrivate: fromHex(`28000000 ${'00'.repeat(12)} 58564944 ${'00'.repeat(20)} 000001b0`),
    });
    assert.deepEqual(
      [vfw.codec, vfw.codecTag, vfw.codecPrivate],
      ['mpeg4', 'V_MS/VFW/FOURCC XVID', fromHex('000001b0')],
    );
    const acm = parseOne({
      type: 'audio',
      codecId: 'A_MS/ACM',
      codecPrivate: fromHex('6101 0200 44ac0000 401f0000 7301 1000 0200 abcd'),
    }) as AudioTrack;
    assert.deepEqual(
      [acm.codec, acm.codecTag, acm.sampleRate, acm.channels, acm.blockAlign, acm.codecPrivate],
      ['wmav2', 'A_MS/ACM 0x0161', 44_100, 2, 371, fromHex('abcd')],
    );
  });

  it('opens QuickTime and RealVideo descriptions', () => {
    const svq3 = parseOne({ codecId: 'V_QUICKTIME', codecPrivate: fromHex('00000056 53565133 0000') });
    assert.deepEqual([svq3.codec, svq3.codecTag], ['svq3', 'V_QUICKTIME SVQ3']);
    const real = parseOne({ codecId: 'V_REAL/RV40', codecPrivate: fromHex(`${'00'.repeat(26)} 0102`) });
    assert.deepEqual(real.codecPrivate, fromHex('0102'));
  });

  it('knows which frames are all random access points, and whose times are decode times', () => {
    const [video, vfw, audio, trueHd] = parse(
      ebml.trackEntry({ number: 1 }),
      ebml.trackEntry({ number: 2, codecId: 'V_MS/VFW/FOURCC', codecPrivate: new Uint8Array(40) }),
      ebml.trackEntry({ number: 3, type: 'audio', codecId: 'A_VORBIS' }),
      ebml.trackEntry({ number: 4, type: 'audio', codecId: 'A_TRUEHD' }),
    );
    assert.deepEqual(
      [video, vfw, audio, trueHd].map((track) => track?.isAlwaysSync),
      [false, false, true, false],
    );
    assert.deepEqual([video?.hasDecodeTimes, vfw?.hasDecodeTimes], [false, true]);
  });

  it('believes a TrackTimestampScale only when it is sane', () => {
    for (const [stated, believed] of [
      [2, 2],
      [0, 1],
      [Number.NaN, 1],
      [1e9, 1],
    ] as const) {
      const [track] = parse(ebml.trackEntry({}, ebml.float(ID.TrackTimestampScale, stated)));
      assert.equal(track?.timestampScale, believed);
    }
  });

  it('leaves out tracks that no player uses', () => {
    assert.deepEqual(parse(ebml.trackEntry({ type: 0x12 }), ebml.trackEntry({ number: 2, type: 0x21 })), []);
    const webvtt = ebml.trackEntry({ type: 0x21, codecId: 'D_WEBVTT/SUBTITLES' });
    assert.equal(parse(webvtt)[0]?.track.codec, 'webvtt');
  });

  it('marks encrypted tracks', () => {
    const encryption = ebml.element(
      ID.ContentEncodings,
      ebml.element(
        ID.ContentEncoding,
        ebml.uint(ID.ContentEncodingType, 1),
        ebml.element(ID.ContentEncryption, ebml.uint(ID.ContentEncAlgo, 5)),
      ),
    );
    assert.equal(parseOne({}, encryption).encryption, 'AES');
  });

  it('refuses what cannot be', () => {
    const twice = [ebml.trackEntry({ number: 3 }), ebml.trackEntry({ number: 3, type: 'audio' })];
    assert.throws(() => parse(...twice), MalformedMediaError);
    assert.throws(() => parse(ebml.trackEntry({ number: 0 })), MalformedMediaError);
    assert.throws(() => parseOne({ codecId: 'V_MS/VFW/FOURCC' }), MalformedMediaError);
    assert.throws(
      () => parseOne({ codecPrivate: new Uint8Array(LIMITS.codecPrivateBytes + 1) }),
      LimitExceededError,
    );
    const many = Array.from({ length: LIMITS.tracks + 1 }, (_, i) => ebml.trackEntry({ number: i + 1 }));
    assert.throws(() => parse(...many), LimitExceededError);
    const compressed = ebml.element(
      ID.ContentEncodings,
      ebml.element(ID.ContentEncoding, ebml.uint(ID.ContentEncodingScope, 2)),
    );
    assert.throws(() => parseOne({ codecPrivate: new Uint8Array(4) }, compressed), UnsupportedMediaError);
  });
});
