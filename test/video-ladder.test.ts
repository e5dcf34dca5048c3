import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { DEFAULT_VIDEO_OUTPUT } from '../src/engine/video-output.js';
import { announceVideo } from '../src/pipelines/segment/announcement.js';
import type { SegmentTrack } from '../src/pipelines/segment/segment-track.js';
import { VideoCopyTrack } from '../src/pipelines/segment/video-copy-track.js';
import { VideoEncodeTrack } from '../src/pipelines/segment/video-encode-track.js';
import { configurationOf, openSegmentedVideo, type EditKeyframes } from './support/segmented-video.js';
import { missingTools } from './support/tools.js';
import { VIDEO_SOURCES, videoSourcePath } from './support/video-sources.js';

// Whoever plays may go from one form of the video to another between any two segments: each form of a segment shows the
// same pictures at the same ticks, and begins and ends at the same tick.

/** What each form of a segment must have alike. */
interface SegmentTimes {
  readonly startTicks: number;
  readonly endTicks: number;
  /** When its pictures are shown, in rising order. */
  readonly shown: readonly number[];
}

describe('forms of a video', { skip: missingTools('forms of a video', 'ffmpeg') }, () => {
  let engine: EnginePool;
  before(() => {
    engine = createEnginePool({ size: 2 });
  });
  after(() => engine[Symbol.asyncDispose]());

  // Nothing is known of keyframes that were not read: some prove not to be startable only then.
  const unread: EditKeyframes = (keyframes) => keyframes.map((one) => ({ ...one, isStartable: undefined }));

  for (const source of VIDEO_SOURCES.filter(({ isCopied }) => isCopied !== false)) {
    it(`${source.name}: copied and lower show the same pictures in the same segments, to the tick`, async () => {
      await using video = await openSegmentedVideo(videoSourcePath(source), 2, unread);
      const options = { anchorTime: video.samples[0]!.presentationTime, engines: { get: () => engine } };
      const copy = new VideoCopyTrack(video.context, video.track, {
        ...options,
        configuration: configurationOf(video),
      });
      const lower = new VideoEncodeTrack(video.context, video.track, {
        ...options,
        output: { ...DEFAULT_VIDEO_OUTPUT, preset: 'ultrafast', height: 36 },
        isCutLikeCopy: true,
      });
      assert.deepEqual(lower.timing, copy.timing, 'playlists state the same');
      assert.deepEqual(lower.announcement, announceVideo(await lower.describe()));
      const numbers = copy.timing.starts.map((_, n) => n);
      assert.ok(numbers.length >= 3);
      let end: number | undefined;
      for (const n of numbers) {
        const [original, other] = await Promise.all([timesOf(copy, n), timesOf(lower, n)]);
        assert.deepEqual(other, original, `segment ${n}`);
        assert.equal(original.startTicks, end ?? original.startTicks, `segment ${n} follows the one before`);
        end = original.endTicks;
      }
    });
  }
});

async function timesOf(segments: SegmentTrack, number: number): Promise<SegmentTimes> {
  const { track, endTicks } = await segments.segment(number, new AbortController().signal);
  let ticks = track.baseMediaDecodeTime;
  const shown: number[] = [];
  for (const { duration, compositionOffset } of track.samples) {
    shown.push(ticks + compositionOffset);
    ticks += duration;
  }
  assert.equal(ticks, endTicks, 'the samples fill the segment');
  return { startTicks: track.baseMediaDecodeTime, endTicks, shown: shown.sort((a, b) => a - b) };
}
