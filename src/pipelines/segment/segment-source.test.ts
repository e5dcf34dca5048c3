import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { videoTrack } from '../../../test/support/tracks.js';
import { UnsupportedMediaError } from '../../errors.js';
import type { OpenedDemuxer } from '../open-demuxer.js';
import { segmentSourceOf } from './segment-source.js';
import type { SurveyedTrack } from './survey-tracks.js';
import type { VideoTrack } from '../../media/track.js';

describe('the source of a container without an index', () => {
  const keyframes = [{ timeNs: 0, offset: 0, isStartable: true }];
  const sourceOf = (isComplete: boolean) =>
    segmentSourceOf({
      kind: 'libav',
      source: { isLocal: false },
      demuxer: {
        scanKeyframes: () => Promise.resolve({ keyframes, trackEndsNs: new Map([[1, 5e9]]), isComplete }),
      },
    } as unknown as OpenedDemuxer);
  const video = { track: videoTrack('h264') } as unknown as SurveyedTrack<VideoTrack>;
  const { signal } = new AbortController();

  it('is what a whole scan found', async () => {
    const { index } = await sourceOf(true).buildIndex(video, 6000, signal);
    assert.deepEqual(index.keyframes, keyframes);
  });

  it('is refused where the scan saw the beginning only: the film would end there', async () => {
    await assert.rejects(sourceOf(false).buildIndex(video, 6000, signal), UnsupportedMediaError);
  });
});
