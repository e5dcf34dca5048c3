import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { MalformedMediaError } from '../src/errors.js';
import type { SampleOptions } from '../src/media/demuxer.js';
import type { Sample } from '../src/media/sample.js';
import { VideoEncodeTrack } from '../src/pipelines/segment/video-encode-track.js';
import { decodingMessages } from './support/ffmpeg.js';
import { readBoxes, readTrackFragments, type Mp4TrackFragment } from './support/mp4-boxes.js';
import { joinBytes } from './support/read-stream.js';
import {
  initSegmentOf,
  openSegmentedVideo,
  segmentOf,
  type SegmentedVideo,
} from './support/segmented-video.js';
import { missingTools } from './support/tools.js';
import { videoSourceNamed, videoSourcePath } from './support/video-sources.js';

const skip = missingTools('segments of damaged video', 'ffmpeg', 'ffprobe');

describe('segments of video of which parts cannot be decoded', { skip }, () => {
  let engine: EnginePool;
  let folder = '';
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-damaged-video-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await engine[Symbol.asyncDispose]();
  });

  /** A track whose pictures are zeros from one segment's start to that of another. */
  function damagedTrack(video: SegmentedVideo, from: number, to: number): VideoEncodeTrack {
    const { starts, timescale } = video.context.plan;
    const isLost = ({ presentationTime }: Sample): boolean => {
      const ticks =
        ((presentationTime - video.samples[0]!.presentationTime) / video.track.timescale) * timescale;
      return ticks >= starts[from]! - 1 && ticks < (starts[to] ?? Infinity) - 1;
    };
    const { demuxer } = video.context;
    const damaged = {
      info: demuxer.info,
      firstClusterOffset: demuxer.firstClusterOffset,
      clusterBefore: () => Promise.resolve(undefined),
      async *samples(options?: SampleOptions) {
        for await (const batch of demuxer.samples(options)) {
          yield batch.map((one) => (isLost(one) ? { ...one, data: new Uint8Array(one.data.length) } : one));
        }
      },
    };
    return new VideoEncodeTrack({ ...video.context, demuxer: damaged }, video.track, {
      anchorTime: video.samples[0]!.presentationTime,
      engines: { get: () => engine },
    });
  }

  /** Grey levels of the first and the last picture of a segment. */
  async function endsOf(track: VideoEncodeTrack, bytes: Uint8Array): Promise<[Uint8Array, Uint8Array]> {
    const path = join(folder, 'segment.mp4');
    writeFileSync(path, joinBytes([await initSegmentOf(track), bytes]));
    assert.deepEqual(await decodingMessages(path), []);
    const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
    const pixels = Uint8Array.from(execFileSync('ffmpeg', args, { maxBuffer: 1 << 28 }));
    const size = track.format.width * track.format.height;
    return [pixels.subarray(0, size), pixels.subarray(pixels.length - size)];
  }

  it('show the last picture before for as long as nothing else can be shown', async () => {
    await using video = await openSegmentedVideo(videoSourcePath(videoSourceNamed('mpeg4')), 2);
    const track = damagedTrack(video, 1, 3);
    const { starts } = track.timing;
    const sound = await segmentOf(track, 0);
    const [, lastShown] = await endsOf(track, sound.bytes);
    for (const number of [1, 2]) {
      const lost = await segmentOf(track, number);
      const { baseMediaDecodeTime, samples } = readFragment(lost.bytes);
      assert.deepEqual([baseMediaDecodeTime, samples.length], [starts[number], 1]);
      assert.equal(baseMediaDecodeTime + samples[0]!.duration, starts[number + 1]);
      const [first] = await endsOf(track, lost.bytes);
      assert.ok(meanDifference(first, lastShown) < 4, `segment ${number} shows something else`);
      assert.match(lost.remarks.join(), /could not be decoded/);
    }
  });

  it('are grey when there is no picture before, and fail when there never was one', async () => {
    await using video = await openSegmentedVideo(videoSourcePath(videoSourceNamed('mpeg4')), 2);
    const track = damagedTrack(video, 0, Infinity);
    const { bytes } = await segmentOf(track, 1);
    const [first] = await endsOf(track, bytes);
    assert.ok(first.every((level) => Math.abs(level - 128) <= 3));
    await assert.rejects(segmentOf(track, 0), MalformedMediaError);
  });
});

function readFragment(bytes: Uint8Array): Mp4TrackFragment {
  return readTrackFragments(bytes, readBoxes(bytes)[1]!)[0]!;
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, level, i) => sum + Math.abs(level - b[i]!), 0) / a.length;
}
