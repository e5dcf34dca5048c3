import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioTrack, videoTrack } from '../../test/support/tracks.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import { decideAudio, decideSubtitle, decideVideo, type DecisionRequest } from './decide.js';
import { browserTarget } from './player-target.js';

const auto: DecisionRequest = { target: browserTarget, video: 'auto', audio: 'auto' };
const copy: DecisionRequest = { ...auto, video: 'copy', audio: 'copy' };
const size = { width: 320, height: 240 };
const aac: DecisionRequest = { ...auto, audio: 'aac' };
// AudioSpecificConfigs, ISO/IEC 14496-3, 1.6.2.1: object type, 48 kHz, two channels.
const aacLc = audioTrack('aac', { codecPrivate: Uint8Array.of(0x11, 0x90) });
const aacMain = audioTrack('aac', { codecPrivate: Uint8Array.of(0x09, 0x90) });
const unknown = audioTrack('unknown', { codecTag: 'A_QUICKTIME/QDM2' });

describe('decideAudio', () => {
  const cases: [what: string, track: AudioTrack, request: DecisionRequest, action: string, reason: RegExp][] =
    [
      ['copies AAC-LC', aacLc, auto, 'copy', /mp4a\.40\.2/],
      ['encodes AAC Main, which browsers do not play', aacMain, auto, 'transcode', /mp4a\.40\.1/],
      ['copies AAC Main when told to', aacMain, copy, 'copy', /as asked/],
      ['encodes AAC-LC when AAC is asked for', aacLc, aac, 'transcode', /asked/],
      ['encodes E-AC-3', audioTrack('eac3'), auto, 'transcode', /not every browser/],
      ['encodes what MP4 cannot hold', audioTrack('truehd'), auto, 'transcode', /truehd/],
      ['cannot copy what MP4 cannot hold', audioTrack('truehd'), copy, 'drop', /MP4 cannot hold truehd/],
      ['drops a codec without a decoder', unknown, auto, 'drop', /no decoder for A_QUICKTIME/],
      [
        'drops sound without a rate',
        audioTrack('mp3', { sampleRate: 0 }),
        auto,
        'drop',
        /tells its sample rate/,
      ],
      ['drops an encrypted track', { ...aacLc, encryption: 'cenc' }, copy, 'drop', /encrypted \(cenc\)/],
    ];
  for (const [what, track, request, action, reason] of cases) {
    it(what, () => {
      const decision = decideAudio(track, undefined, request);
      assert.equal(decision.action, action);
      assert.match(decision.reason, reason);
    });
  }
});

describe('decideVideo', () => {
  it('refuses what has no MP4 form, in words', () => {
    const { action, reason } = decideVideo(
      videoTrack('mpeg4', { codecTag: 'V_MPEG4/ISO/ASP' }),
      undefined,
      copy,
    );
    assert.equal(action, 'drop');
    assert.match(reason, /mpeg4.*re-encoded$/);
  });

  it('leaves a track out whose pictures have no size that is known', () => {
    const request = { ...auto, mayEncodeVideo: true };
    const damaged = Uint8Array.of(0, 0, 0, 1, 9, 0x10);
    const { action, reason } = decideVideo(videoTrack('h264'), damaged, request);
    assert.deepEqual([action, reason], ['drop', 'nothing tells the size of its pictures']);
    assert.equal(decideVideo(videoTrack('mpeg4', size), undefined, request).action, 'transcode');
  });

  it('refuses an encrypted track', () => {
    assert.match(
      decideVideo(videoTrack('h264', { encryption: 'cenc' }), undefined, copy).reason,
      /encrypted/,
    );
  });
});

describe('decideVideo, where it may be encoded', () => {
  const may: DecisionRequest = { ...auto, mayEncodeVideo: true };
  const cases: [what: string, track: VideoTrack, request: DecisionRequest, action: string, reason: RegExp][] =
    [
      [
        'encodes a codec that browsers do not play',
        videoTrack('mpeg4', size),
        may,
        'transcode',
        /do not play mpeg4/,
      ],
      ['refuses it where it may not', videoTrack('mpeg4'), auto, 'drop', /re-encoded/],
      [
        'encodes what it is told to',
        videoTrack('vp8', size),
        { ...may, video: 'h264' },
        'transcode',
        /asked for/,
      ],
      [
        'copies what it is told to, or refuses',
        videoTrack('mpeg4'),
        { ...may, video: 'copy' },
        'drop',
        /mpeg4/,
      ],
      [
        'drops a codec without a decoder',
        videoTrack('unknown', { codecTag: 'V_X' }),
        may,
        'drop',
        /no decoder for V_X/,
      ],
      ['drops an encrypted track', videoTrack('mpeg4', { encryption: 'cenc' }), may, 'drop', /encrypted/],
    ];
  for (const [what, track, request, action, reason] of cases) {
    it(what, () => {
      const decision = decideVideo(track, undefined, request);
      assert.equal(decision.action, action);
      assert.match(decision.reason, reason);
    });
  }
});

describe('decideSubtitle', () => {
  it('leaves subtitles out and says so', () => {
    const track = { ...audioTrack('aac'), type: 'subtitle', codec: 'subrip' } as const;
    assert.deepEqual(decideSubtitle(track), {
      action: 'drop',
      reason: 'subrip subtitles go beside the audio and video, as WebVTT',
    });

    it('says of subtitles that nobody can have why that is', () => {
      const track = { ...audioTrack('aac'), type: 'subtitle', codec: 'ttml' } as const;
      assert.equal(decideSubtitle(track).reason, 'ttml subtitles are left out: nothing here reads them');
      const secret = { ...track, codec: 'subrip', encryption: 'cenc' } as const;
      assert.equal(decideSubtitle(secret).reason, 'it is encrypted (cenc)');
    });
  });
});
