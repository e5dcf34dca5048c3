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
  const trackEndsNs = new Map([[1, 5e9]]);
  const size = 100 << 20;
  const sourceOf = (isLocal: boolean, scanBytes?: number) => {
    const scanKeyframes = (_id: number, { budgetBytes }: { budgetBytes: number }) =>
      Promise.resolve({ keyframes, trackEndsNs, isComplete: size <= budgetBytes });
    const opened = { kind: 'libav', source: { isLocal }, demuxer: { scanKeyframes } };
    return segmentSourceOf(opened as unknown as OpenedDemuxer, scanBytes);
  };
  const video = { track: videoTrack('h264') } as unknown as SurveyedTrack<VideoTrack>;
  const { signal } = new AbortController();

  it('is what a whole scan found: of what is local, and of as much of the rest as may be read', async () => {
    for (const source of [
      sourceOf(true),
      sourceOf(true, 1),
      sourceOf(false, size),
      sourceOf(false, Infinity),
    ]) {
      const { index } = await source.buildIndex(video, 6000, signal);
      assert.deepEqual(index.keyframes, keyframes);
    }
  });

  it('is refused where the scan saw the beginning only: the film would end there', async () => {
    for (const source of [sourceOf(false), sourceOf(false, size - 1)]) {
      await assert.rejects(source.buildIndex(video, 6000, signal), UnsupportedMediaError);
    }
  });
});
