import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse, type ParsedManifest, type ParsedPlaylist } from 'mpd-parser';
import { LimitExceededError } from '../../errors.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import type { AudioRepresentation, Manifest, VideoRepresentation, VideoSet } from './manifest-model.js';
import { writeManifest } from './manifest.js';

// What is written is read by the parser of Video.js, which others wrote.

const TIMES: SegmentTimes = { timescale: 24_000, starts: [0, 163_667, 314_818, 465_969], end: 600_000 };

const FORM: VideoRepresentation = {
  id: 'v1-0123456789ab',
  bandwidth: 2_000_000.2,
  codec: 'avc1.640028',
  width: 1920,
  height: 1080,
  pixelAspectRatio: [1, 1],
  frameRate: { numerator: 24_000, denominator: 1001 },
  startsWithSap: 1,
};

const VIDEO: VideoSet = { times: TIMES, color: undefined, representations: [FORM] };

const AUDIO: AudioRepresentation = {
  id: 'a2-aac-0123456789ab',
  bandwidth: 195_634,
  codec: 'mp4a.40.2',
  times: { timescale: 48_000, starts: [0, 327_680, 629_760], end: 1_200_128 },
  title: undefined,
  language: 'eng',
  isDefault: true,
  role: undefined,
  purpose: undefined,
  channels: 2,
  sampleRate: 48_000,
};

function read(manifest: Manifest): { readonly text: string; readonly parsed: ParsedManifest } {
  const text = writeManifest(manifest);
  const parsed = parse(text, {
    manifestUri: 'http://localhost/m/film/manifest.mpd',
    eventHandler: ({ type, message }) => assert.fail(`${type}: ${message}`),
  });
  return { text, parsed };
}

function audioOf({ mediaGroups }: ParsedManifest): (readonly [string, ParsedPlaylist])[] {
  return Object.entries(mediaGroups.AUDIO.audio ?? {}).map(([name, { playlists }]) => [name, playlists[0]!]);
}

describe('DASH manifest', () => {
  it('lists every segment where it is, with its time', () => {
    const { parsed } = read({ video: [VIDEO], audio: [AUDIO], text: [] });
    const [video] = parsed.playlists;
    assert.deepEqual(
      video!.segments.map(({ resolvedUri, map, number, presentationTime, duration }) => {
        assert.equal(map.resolvedUri, `http://localhost/m/film/${FORM.id}/init.mp4`);
        assert.equal(resolvedUri, `http://localhost/m/film/${FORM.id}/${number}.m4s`);
        return [number, presentationTime, duration];
      }),
      [
        [0, 0, 163_667 / 24_000],
        [1, 163_667 / 24_000, 151_151 / 24_000],
        [2, 314_818 / 24_000, 151_151 / 24_000],
        [3, 465_969 / 24_000, 134_031 / 24_000],
      ],
    );
    const [[name, audio]] = audioOf(parsed) as [readonly [string, ParsedPlaylist]];
    assert.equal(name, 'English');
    assert.deepEqual(
      audio.segments.map(({ presentationTime }) => presentationTime),
      [0, 327_680 / 48_000, 13.12],
    );
  });

  it('states the same times as the plan, whatever that is', () => {
    const times = fc
      .tuple(
        fc.constantFrom(1000, 24_000, 44_100, 90_000),
        fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 40 }),
      )
      .map(([timescale, lengths]): SegmentTimes => {
        let end = 0;
        const starts = lengths.map((length) => (end += length) - length);
        return { timescale, starts, end };
      });
    fc.assert(
      fc.property(times, (planned) => {
        const { parsed } = read({ video: [{ ...VIDEO, times: planned }], audio: [], text: [] });
        const { timescale, starts, end } = planned;
        const ticks = (seconds: number): number => Math.round(seconds * timescale);
        const { segments } = parsed.playlists[0]!;
        assert.deepEqual(
          segments.map(({ presentationTime }) => ticks(presentationTime)),
          starts,
        );
        const last = segments.at(-1)!;
        assert.equal(ticks(last.presentationTime + last.duration), end);
      }),
      { numRuns: 50 },
    );
  });

  it('writes runs of segments that last the same as one', () => {
    const starts = Array.from({ length: 1200 }, (_, n) => n * 6000);
    const long = { ...VIDEO, times: { timescale: 1000, starts, end: 7_199_000 } };
    const { text, parsed } = read({ video: [long], audio: [], text: [] });
    assert.equal(parsed.playlists[0]!.segments.length, 1200);
    assert.match(text, /<S t="0" d="6000" r="1198"\/>\n\s*<S d="5000"\/>\n/);
    assert.match(text, /mediaPresentationDuration="PT7199S" maxSegmentDuration="PT6S" minBufferTime="PT6S"/);
  });

  it('lasts as long as the longest rendition', () => {
    const { text } = read({ video: [VIDEO], audio: [AUDIO], text: [] });
    assert.match(text, /mediaPresentationDuration="PT25.002667S"/);
  });

  it('states what is known of each form', () => {
    const low: VideoRepresentation = {
      ...FORM,
      id: 'v1-h264-480-0123456789ab',
      width: 720,
      height: 480,
      pixelAspectRatio: [32, 27],
      frameRate: { numerator: 25, denominator: 1 },
    };
    const { text, parsed } = read({
      video: [{ ...VIDEO, representations: [FORM, low] }],
      audio: [],
      text: [],
    });
    const stated = parsed.playlists.map(({ attributes }) => [
      attributes.NAME,
      attributes.BANDWIDTH,
      attributes.CODECS,
      attributes.RESOLUTION?.width,
      attributes['FRAME-RATE']?.toFixed(3),
    ]);
    assert.deepEqual(stated, [
      [FORM.id, 2_000_001, 'avc1.640028', 1920, '23.976'],
      [low.id, 2_000_001, 'avc1.640028', 720, '25.000'],
    ]);
    assert.match(text, /sar="32:27" frameRate="25"/);
    assert.equal(text.match(/<SegmentTimeline>/g)?.length, 1);
  });

  it('says where a player may go from one codec to another, and how HDR is coded', () => {
    const hdr: VideoSet = {
      ...VIDEO,
      color: { primaries: 9, transfer: 16, matrix: 2 },
      representations: [{ ...FORM, id: 'v1', codec: 'hvc1.2.4.L120.B0', startsWithSap: 3 }],
    };
    const { text } = read({ video: [hdr, VIDEO], audio: [], text: [] });
    const properties = [
      ...text.matchAll(/<SupplementalProperty schemeIdUri="urn:mpeg:(\S+)" value="(\S+)"/g),
    ];
    assert.deepEqual(
      properties.map(([, scheme, value]) => [scheme, value]),
      [
        ['mpegB:cicp:ColourPrimaries', '9'],
        ['mpegB:cicp:TransferCharacteristics', '16'],
        ['dash:adaptation-set-switching:2016', '1'],
        ['dash:adaptation-set-switching:2016', '0'],
      ],
    );
    assert.match(text, /id="v1" .* startWithSAP="3"/);
  });

  it('tells sounds apart by name, language and purpose', () => {
    const { text, parsed } = read({
      video: [VIDEO],
      audio: [
        { ...AUDIO, isDefault: false, role: 'commentary', title: 'Director' },
        { ...AUDIO, id: 'a3' },
        { ...AUDIO, id: 'a4', isDefault: false, purpose: 'visually-impaired', language: 'deu' },
        { ...AUDIO, id: 'a5', isDefault: false, language: 'und', channels: 8 },
      ],
      text: [],
    });
    const sounds = Object.entries(parsed.mediaGroups.AUDIO.audio!).map(([name, one]) => [
      name,
      one.language,
      one.default,
    ]);
    assert.deepEqual(
      sounds.map(([name, language]) => [name, language]),
      [
        ['Director', 'en'],
        ['English', 'en'],
        ['German', 'de'],
        ['Audio 4', ''],
      ],
    );
    assert.deepEqual(
      [...text.matchAll(/<(Role|Accessibility) schemeIdUri="\S+" value="(\S+)"/g)].map(
        ([, , value]) => value,
      ),
      ['main', 'commentary', 'main', '1', 'alternate', 'alternate'],
    );
    assert.deepEqual(
      [...text.matchAll(/selectionPriority="2"/g)].length,
      1,
      'one sound is to be preferred: the default',
    );
    assert.match(text, /ChannelConfiguration" value="12"/);
  });

  it('lists each subtitle as one file, with what it is for', () => {
    const plain = { title: undefined, language: 'eng', isForced: false, isHearingImpaired: false };
    const { text, parsed } = read({
      video: [VIDEO],
      audio: [AUDIO],
      text: [
        { ...plain, id: 't3', uri: 'subtitles/t3.vtt' },
        { ...plain, id: 't4', uri: 'subtitles/t4.vtt', isHearingImpaired: true },
        { ...plain, id: 't5', uri: 'subtitles/t5.vtt', isForced: true, language: 'de' },
        { ...plain, id: 't6', uri: 'subtitles/t6.vtt', title: '</Label>', language: 'und' },
      ],
    });
    const listed = Object.entries(parsed.mediaGroups.SUBTITLES.subs!).map(
      ([name, { language, playlists }]) => [
        name,
        language,
        playlists[0]!.segments.map(({ resolvedUri }) => resolvedUri),
      ],
    );
    assert.deepEqual(listed, [
      ['English', 'en', ['http://localhost/m/film/subtitles/t3.vtt']],
      ['English (SDH)', 'en', ['http://localhost/m/film/subtitles/t4.vtt']],
      ['German (forced)', 'de', ['http://localhost/m/film/subtitles/t5.vtt']],
      ['</Label>', 'und', ['http://localhost/m/film/subtitles/t6.vtt']],
    ]);
    assert.deepEqual(
      [...text.matchAll(/Role schemeIdUri="\S+" value="(\S+)"/g)].map(([, value]) => value),
      ['main', 'main', 'subtitle', 'caption', 'forced-subtitle', 'subtitle'],
    );
  });

  it('is a document whatever the titles of a file are', () => {
    // The parser files titles in a plain object, where such as `valueOf` stand already.
    const hostile = fc
      .string({ unit: 'binary', maxLength: 60 })
      .filter((title) => !(title.trim() in Object.prototype));
    const markup = fc.constantFrom(
      '</Label><Period/>',
      '<!--',
      ']]>',
      '&amp;&#0;',
      '"\'<>&',
      '\ud800',
      '\ufffe',
    );
    fc.assert(
      fc.property(fc.oneof(hostile, markup), (title) => {
        const { parsed } = read({ video: [VIDEO], audio: [{ ...AUDIO, title }], text: [] });
        const [[name, { segments }]] = audioOf(parsed) as [readonly [string, ParsedPlaylist]];
        assert.equal(segments.length, 3);
        assert.notEqual(name, '');
      }),
      { numRuns: 200 },
    );
    const { parsed } = read({ video: [VIDEO], audio: [{ ...AUDIO, title: '<Tom & "Jerry">' }], text: [] });
    assert.deepEqual(
      audioOf(parsed).map(([name]) => name),
      ['<Tom & ”Jerry”>'],
    );
  });

  it('refuses to be endless', () => {
    // No two neighbours last the same.
    const starts = Array.from({ length: 100_000 }, (_, n) => n * 6000 + (n % 2));
    const times = { timescale: 1000, starts, end: 600_000_001 };
    const audio = Array.from({ length: 5 }, (_, i) => ({ ...AUDIO, id: `a${i}`, times }));
    assert.throws(() => writeManifest({ video: [VIDEO], audio, text: [] }), LimitExceededError);
  });
});
