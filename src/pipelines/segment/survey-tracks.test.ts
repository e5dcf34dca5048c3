import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf } from '../../../test/support/samples.js';
import { audioTrack, videoTrack } from '../../../test/support/tracks.js';
import type { Demuxer, SampleOptions } from '../../media/demuxer.js';
import type { MediaInfo } from '../../media/media-info.js';
import { surveyTracks } from './survey-tracks.js';

describe('surveyTracks', () => {
  it('finds video that comes after much sound', async () => {
    const video = { ...videoTrack('h264'), id: 1 };
    const audio = { ...audioTrack('aac'), id: 2 };
    const sound = sampleOf({ trackId: 2, data: new Uint8Array(1 << 20) });
    const stored = [...Array.from({ length: 10 }, () => sound), sampleOf({ trackId: 1 })];
    const demuxer: Demuxer = {
      info: { tracks: [video, audio], durationNs: 1e9 } as unknown as MediaInfo,
      damage: [],
      damageCount: 0,
      async *samples({ trackIds }: SampleOptions = {}) {
        await Promise.resolve();
        for (const sample of stored) if (trackIds?.has(sample.trackId) !== false) yield [sample];
      },
    };
    const survey = await surveyTracks(demuxer, new AbortController().signal);
    assert.equal(survey.video?.track.id, 1);
    assert.deepEqual(
      survey.audio.map(({ track }) => track.id),
      [2],
    );
  });
});
