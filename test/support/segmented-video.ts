import { readFileSync } from 'node:fs';
import { inflate } from '../../src/pipelines/inflate.js';
import { buildFragment } from '../../src/isobmff/fragment.js';
import { buildInitSegment } from '../../src/isobmff/init-segment.js';
import { configureVideo, createVideoInspector } from '../../src/codecs/video.js';
import { openFile } from '../../src/io/file.js';
import { openMatroska } from '../../src/matroska/demuxer.js';
import type { Keyframe } from '../../src/media/media-index.js';
import type { Sample } from '../../src/media/sample.js';
import type { VideoTrack } from '../../src/media/track.js';
import { createCadence } from '../../src/time/cadence.js';
import { ticksOf } from '../../src/time/instant.js';
import { planSegments } from '../../src/timeline/segment-plan.js';
import { findSourceStart } from '../../src/pipelines/source-start.js';
import type { SegmentContext, SegmentTrack } from '../../src/pipelines/segment/segment-track.js';
import { ID } from '../../src/matroska/schema.js';
import { walkEbml } from './ebml-walker.js';
import { joinBytes } from './read-stream.js';

/** A Matroska file that is opened for segments of its video, with an index from a scan of the whole file. */
export interface SegmentedVideo extends AsyncDisposable {
  readonly context: SegmentContext;
  readonly track: VideoTrack;
  /** The track's samples, in stored order. */
  readonly samples: readonly Sample[];
}

/** Changes what a test's index says. */
export type EditKeyframes = (keyframes: Keyframe[]) => Keyframe[];

/**
 * Opens a file and reads all of it, for an index that is true unless it is edited.
 * @param targetSeconds - how long segments are at least.
 */
export async function openSegmentedVideo(
  path: string,
  targetSeconds: number,
  edit: EditKeyframes = (keyframes) => keyframes,
): Promise<SegmentedVideo> {
  const source = await openFile(path);
  const demuxer = await openMatroska(source, { inflate });
  const track = demuxer.info.tracks.find((one) => one.type === 'video')!;
  const samples: Sample[] = [];
  const firstAudio = new Map<number, Sample>();
  for await (const batch of demuxer.samples()) {
    for (const sample of batch) {
      if (sample.trackId === track.id) samples.push({ ...sample, data: sample.data.slice() });
      else if (!firstAudio.has(sample.trackId)) firstAudio.set(sample.trackId, sample);
    }
  }
  const anchorTime = samples[0]!.presentationTime;
  const origin = findSourceStart(
    { track, time: anchorTime },
    demuxer.info.tracks.flatMap((one) =>
      one.type === 'audio' && firstAudio.has(one.id)
        ? [{ track: one, time: firstAudio.get(one.id)!.presentationTime }]
        : [],
    ),
  );
  const clusters = clusterOffsets(path);
  const inspect = isCopied(track) ? createVideoInspector(track) : undefined;
  const keyframes = edit(
    samples
      .filter(({ isSync }) => isSync)
      .map(({ presentationTime, offset, data }) => ({
        timeNs: presentationTime,
        offset: clusters.findLast((cluster) => cluster <= offset)!,
        isStartable: inspect === undefined || inspect(data).randomAccess === 'start',
      })),
  );
  const cadence = createCadence(track, anchorTime);
  const { timescale } = cadence;
  const originTicks = ticksOf(origin, timescale);
  const { plan } = planSegments({
    timescale,
    keyframes: keyframes.map(({ timeNs, isStartable }) => {
      return { ticks: cadence.toTicks(timeNs) - originTicks, isStartable };
    }),
    endTicks:
      cadence.toTicks(Math.max(...samples.map(({ presentationTime }) => presentationTime))) - originTicks + 1,
    targetTicks: targetSeconds * timescale,
  });
  const context: SegmentContext = {
    demuxer,
    origin,
    plan: plan!,
    index: { trackId: track.id, origin: 'cues', keyframes, trackEndsNs: new Map(), faults: [] },
  };
  return {
    context,
    track,
    samples,
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

function isCopied({ codec }: VideoTrack): boolean {
  return ['h264', 'hevc', 'vp9', 'av1'].includes(codec);
}

/** Where the Clusters of a file begin. */
function clusterOffsets(path: string): number[] {
  const segment = walkEbml(readFileSync(path)).find(({ id }) => id === ID.Segment)!;
  return segment.children.filter(({ id }) => id === ID.Cluster).map(({ offset }) => offset);
}

/** How a file's video is declared. */
export function configurationOf({ track, samples }: SegmentedVideo): ReturnType<typeof configureVideo> {
  return configureVideo(track, samples[0]?.data);
}

/** A segment as bytes, and where it begins and ends. */
export interface SegmentFile {
  readonly bytes: Uint8Array;
  readonly startTicks: number;
  readonly endTicks: number;
  readonly remarks: readonly string[];
}

/** Writes the init segment of a track. */
export async function initSegmentOf(track: SegmentTrack): Promise<Uint8Array> {
  return buildInitSegment({ tracks: [await track.describe(new AbortController().signal)] });
}

/** Makes a segment, as it would be sent. */
export async function segmentOf(track: SegmentTrack, number: number): Promise<SegmentFile> {
  const made = await track.segment(number, new AbortController().signal);
  const { chunks } = buildFragment({
    sequenceNumber: number + 1,
    tracks: [made.track],
    withSegmentType: true,
  });
  return {
    bytes: joinBytes(chunks),
    startTicks: made.track.baseMediaDecodeTime,
    endTicks: made.endTicks,
    remarks: made.remarks,
  };
}
