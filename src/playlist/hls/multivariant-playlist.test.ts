import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import HLS from 'hls-parser';
import {
  writeMultivariantPlaylist,
  type AudioRendition,
  type MultivariantPlaylist,
  type Variant,
} from './multivariant-playlist.js';

HLS.setOptions({ strictMode: true });

const video: Variant = {
  uri: 'v1/playlist.m3u8',
  bandwidth: 5_000_000.2,
  averageBandwidth: 4_000_000,
  codecs: ['avc1.640028', 'mp4a.40.2'],
  video: { width: 1920, height: 1080, frameRate: 24_000 / 1001, range: 'SDR' },
  audioGroup: 'audio',
};

function sound(values: Partial<AudioRendition> = {}): AudioRendition {
  return {
    uri: 'a2/playlist.m3u8',
    group: 'audio',
    title: undefined,
    language: 'und',
    isDefault: false,
    channels: 2,
    ...values,
  };
}

function read(playlist: MultivariantPlaylist): HLS.types.MasterPlaylist {
  const parsed = HLS.parse(writeMultivariantPlaylist(playlist));
  assert.ok(parsed.isMasterPlaylist);
  return parsed;
}

function readSounds(...audio: AudioRendition[]): HLS.types.Rendition[] {
  return read({ variants: [video], audio }).variants[0]!.audio;
}

describe('writeMultivariantPlaylist', () => {
  it('tells what describes the picture, and lets a player choose it by that', () => {
    const audio = [
      sound({ language: 'en', isDefault: true }),
      sound({ uri: 'a3/playlist.m3u8', language: 'en' }),
      sound({ uri: 'a4/playlist.m3u8', language: 'en', describesVideo: true }),
    ];
    assert.deepEqual(
      readSounds(...audio).map(({ characteristics, autoselect }) => [characteristics, autoselect]),
      [
        [undefined, true],
        [undefined, false],
        ['public.accessibility.describes-video', true],
      ],
    );
  });

  it('writes video with its audio renditions', () => {
    const audio = [
      sound({ language: 'en', title: 'Surround', isDefault: true, channels: 6 }),
      sound({ uri: 'a3/playlist.m3u8', language: 'pt-BR' }),
    ];
    assert.equal(
      writeMultivariantPlaylist({ variants: [video], audio }),
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Surround",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="6",URI="a2/playlist.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Brazilian Portuguese",LANGUAGE="pt-BR",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="a3/playlist.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=5000001,AVERAGE-BANDWIDTH=4000000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=23.976,VIDEO-RANGE=SDR,AUDIO="audio"
v1/playlist.m3u8
`,
    );
  });

  it('is read by a strict parser as what it is', () => {
    const audio = [sound({ language: 'de', isDefault: true })];
    const { variants, independentSegments, version } = read({ variants: [video], audio });
    assert.deepEqual([version, independentSegments, variants.length], [7, true, 1]);
    const [variant] = variants;
    assert.equal(variant!.bandwidth, 5_000_001);
    assert.equal(variant!.averageBandwidth, 4_000_000);
    assert.equal(variant!.codecs, 'avc1.640028,mp4a.40.2');
    assert.deepEqual({ ...variant!.resolution }, { width: 1920, height: 1080 });
    assert.equal(variant!.frameRate, 23.976);
    assert.equal(variant!.videoRange, 'SDR');
    assert.equal(variant!.audio[0]!.name, 'German');
  });

  it('leaves out what is not known', () => {
    const silent = { ...video, averageBandwidth: undefined, audioGroup: undefined };
    const variant = { ...silent, video: { ...video.video!, frameRate: undefined } };
    const text = writeMultivariantPlaylist({ variants: [variant], audio: [] });
    assert.doesNotMatch(text, /AVERAGE|FRAME-RATE|AUDIO|undefined/);
    HLS.parse(text);
    assert.doesNotMatch(writeMultivariantPlaylist({ variants: [video], audio: [sound()] }), /LANGUAGE/);
  });

  it('states each codec once, and never an average above the peak', () => {
    const variant = {
      ...video,
      codecs: ['avc1.640028', 'mp4a.40.2', 'mp4a.40.2'],
      averageBandwidth: 6_000_000,
    };
    const [read_] = read({ variants: [variant], audio: [sound()] }).variants;
    assert.equal(read_!.codecs, 'avc1.640028,mp4a.40.2');
    assert.equal(read_!.bandwidth, 6_000_000);
  });

  it('takes the variant itself for the rendition of a source of audio alone', () => {
    const variant = { ...video, uri: 'a1/playlist.m3u8', codecs: ['mp4a.40.2'], video: undefined };
    const audio = [
      sound({ uri: 'a1/playlist.m3u8', language: 'en', isDefault: true }),
      sound({ uri: 'a2/playlist.m3u8', language: 'fr' }),
    ];
    const { variants } = read({ variants: [variant], audio });
    assert.deepEqual(
      variants[0]!.audio.map(({ uri }) => uri),
      [undefined, 'a2/playlist.m3u8'],
    );
    assert.equal(variants[0]!.resolution, undefined);
  });

  it('lets several variants share a group', () => {
    const small = { ...video, uri: 'v1-360/playlist.m3u8', bandwidth: 900_000, averageBandwidth: undefined };
    const { variants } = read({ variants: [video, small], audio: [sound()] });
    assert.deepEqual(
      variants.map(({ uri, audio }) => [uri, audio.length]),
      [
        ['v1/playlist.m3u8', 1],
        ['v1-360/playlist.m3u8', 1],
      ],
    );
  });

  it('states one default, and for each language one that may be chosen by itself', () => {
    const choices = readSounds(
      sound({ language: 'en', title: 'Commentary' }),
      sound({ language: 'en', title: 'Film', isDefault: true }),
      sound({ language: 'fr', isDefault: true }),
      sound({ language: 'fr' }),
      sound(),
    ).map(({ isDefault, autoselect }) => `${isDefault ? 'default' : ''} ${autoselect ? 'auto' : ''}`.trim());
    assert.deepEqual(choices, ['', 'default auto', 'auto', '', 'auto']);
    assert.deepEqual(
      readSounds(sound({ language: 'en' }), sound({ language: 'fr' })).map(({ isDefault }) => isDefault),
      [true, false],
      'the first where there is none',
    );
  });

  it('names renditions by title, language or number, each differently', () => {
    const names = readSounds(
      sound({ title: 'Stereo', language: 'en' }),
      sound({ title: 'Stereo', language: 'fr' }),
      sound({ language: 'fr' }),
      sound({ title: '  ', language: 'fr-CA' }),
      sound(),
      sound({ title: 'Audio 7' }),
      sound(),
      sound({ language: 'not a language' }),
      sound({ title: 'Stereo' }),
    ).map(({ name }) => name);
    assert.deepEqual(names, [
      'Stereo',
      'Stereo (2)',
      'French',
      'Canadian French',
      'Audio 5',
      'Audio 7',
      'Audio 7 (2)',
      'Audio 8',
      'Stereo (3)',
    ]);
  });

  it('keeps what a file says inside its quotes', () => {
    const title = 'a"\r\n#EXT-X-ENDLIST\u0000,URI="http://evil/"\u2028\u202eb';
    const text = writeMultivariantPlaylist({
      variants: [video],
      audio: [sound({ title, language: 'en"\nX=1' }), sound({ title: "a'b" }), sound({ title: 'a’b' })],
    });
    assert.equal(text.split(/[\r\n\u2028]/).length, 9);
    assert.match(text, /NAME="a” #EXT-X-ENDLIST ,URI=”http:\/\/evil\/” b",DEFAULT/);
    assert.match(text, /NAME="a’b \(2\)"/);
    HLS.parse(text);
  });

  it('survives any text', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 500 }));
    const anySound = fc
      .record({ title: fc.option(anyText, { nil: undefined }), language: anyText })
      .map((values) => sound(values));
    fc.assert(
      fc.property(fc.array(anySound, { minLength: 1, maxLength: 8 }), (audio) => {
        const read_ = readSounds(...audio);
        assert.equal(read_.length, audio.length);
        assert.equal(new Set(read_.map(({ name }) => name)).size, audio.length);
        assert.equal(new Set(read_.map(({ uri }) => uri)).size, 1);
        // Titles are cut, and no character in half.
        for (const { name } of read_) {
          assert.ok(
            Array.from(name).length <= 210 &&
              new TextDecoder().decode(new TextEncoder().encode(name)) === name,
          );
        }
      }),
    );
  });
});
