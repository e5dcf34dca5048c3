import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFragment } from '../../src/isobmff/fragment.js';
import { buildInitSegment } from '../../src/isobmff/init-segment.js';
import { openMatroska, type MatroskaDemuxer } from '../../src/matroska/demuxer.js';
import type { MediaIndex } from '../../src/media/media-index.js';
import type { Sample } from '../../src/media/sample.js';
import type { Source } from '../../src/media/source.js';
import type { AudioTrack } from '../../src/media/track.js';
import { inflate } from '../../src/pipelines/inflate.js';
import type {
  SegmentContext,
  SegmentSamples,
  SegmentTrack,
} from '../../src/pipelines/segment/segment-track.js';
import { earliest } from '../../src/time/instant.js';
import { walkEbml } from './ebml-walker.js';
import { joinBytes } from './read-stream.js';
import { ScriptedSource } from './scripted-source.js';
import { ID } from '../../src/matroska/schema.js';
import type { SegmentPlan } from '../../src/timeline/segment-plan.js';

/** An audio track with what is fixed for it. */
export interface OpenedAudioTrack {
  readonly track: AudioTrack;
  readonly firstPacket: Uint8Array;
  readonly anchorTime: number;
  /** All its packets. */
  readonly packets: readonly Sample[];
}

/** A source opened for its audio segments: index and plan are made from a look at every sample. */
export interface OpenedAudio {
  readonly context: SegmentContext;
  readonly demuxer: MatroskaDemuxer;
  readonly audio: readonly OpenedAudioTrack[];
}

/**
 * Opens a file and plans segments of its audio: at keyframes of the video, or at equal distances where there is none.
 * @param bytes - a Matroska file whose Clusters have known sizes.
 * @param targetSeconds - length of a segment.
 * @param source - what the file is read through, when that matters.
 */
export async function openAudio(
  bytes: Uint8Array,
  targetSeconds = 2,
  source: Source = new ScriptedSource(bytes),
): Promise<OpenedAudio> {
  const demuxer = await openMatroska(source, { inflate });
  const { tracks } = demuxer.info;
  const video = tracks.find((track) => track.type === 'video');
  const packets = new Map<number, Sample[]>();
  for await (const batch of demuxer.samples()) {
    for (const sample of batch) {
      const list = packets.get(sample.trackId) ?? [];
      packets.set(sample.trackId, list);
      list.push({ ...sample, data: sample.data.slice() });
    }
  }
  const audio = tracks.flatMap((track) => {
    const own = packets.get(track.id);
    if (track.type !== 'audio' || own === undefined) return [];
    return [{ track, firstPacket: own[0]!.data, anchorTime: own[0]!.presentationTime, packets: own }];
  });
  const playable = [...packets].filter(
    ([id]) => id === video?.id || audio.some(({ track }) => track.id === id),
  );
  const origin = earliest(
    playable.map(([, list]) => ({
      ticks: list.reduce((least, sample) => Math.min(least, sample.presentationTime), Infinity),
      timescale: 1e9,
    })),
  )!;
  const ends = new Map(playable.map(([id, list]) => [id, endOf(list)]));
  const index = video === undefined ? undefined : indexOf(bytes, video.id, packets.get(video.id) ?? [], ends);
  const end = Math.max(...ends.values());
  const times = index?.keyframes.map(({ timeNs }) => timeNs) ?? equalTimes(origin.ticks, end, targetSeconds);
  const plan = planOf(times, origin.ticks, end, targetSeconds);
  const { durationNs } = demuxer.info;
  return { context: { demuxer, index, plan, origin, durationNs }, demuxer, audio };
}

/** Where the last of a track's samples ends, if it is as long as the one before it. */
function endOf(samples: readonly Sample[]): number {
  const times = samples.map(({ presentationTime }) => presentationTime).sort((a, b) => a - b);
  return times.at(-1)! + (times.at(-1)! - (times.at(-2) ?? times.at(-1)!));
}

function indexOf(
  bytes: Uint8Array,
  trackId: number,
  samples: readonly Sample[],
  trackEndsNs: ReadonlyMap<number, number>,
): MediaIndex {
  const segment = walkEbml(bytes).find(({ id }) => id === ID.Segment)!;
  const clusters = segment.children.filter(({ id }) => id === ID.Cluster).map(({ offset }) => offset);
  const keyframes = samples
    .filter(({ isSync }) => isSync)
    .map(({ presentationTime, offset }) => ({
      timeNs: presentationTime,
      offset: clusters.findLast((cluster) => cluster <= offset)!,
      isStartable: true,
    }));
  return { trackId, origin: 'scan', keyframes, trackEndsNs, faults: [] };
}

function equalTimes(from: number, to: number, seconds: number): number[] {
  const times: number[] = [];
  for (let time = from; time < to; time += seconds * 1e9) times.push(time);
  return times;
}

function planOf(
  times: readonly number[],
  originNs: number,
  endNs: number,
  targetSeconds: number,
): SegmentPlan {
  const timescale = 90_000;
  const ticks = (ns: number): number => Math.round(((ns - originNs) * timescale) / 1e9);
  const starts = [0];
  const keyframes = [0];
  times.forEach((time, i) => {
    if (ticks(time) - starts.at(-1)! < targetSeconds * timescale * 0.95) return;
    starts.push(ticks(time));
    keyframes.push(i);
  });
  return { timescale, starts, end: Math.max(ticks(endNs), starts.at(-1)! + 1), keyframes };
}

/** Makes all segments of a track, one after another unless an order is given; in the order of their numbers. */
export async function makeAllSegments(
  track: SegmentTrack,
  order: readonly number[] = [...track.timing.starts.keys()],
): Promise<SegmentSamples[]> {
  const { signal } = new AbortController();
  const made: SegmentSamples[] = [];
  for (const number of order) made[number] = await track.segment(number, signal);
  return made;
}

/** Bytes of a segment's fragment. */
export function segmentBytes(segment: SegmentSamples, number: number): Uint8Array {
  const { chunks } = buildFragment({
    sequenceNumber: number + 1,
    tracks: [segment.track],
    withSegmentType: true,
  });
  return joinBytes(chunks);
}

/** The init segment and all segments, one behind the other. */
export async function joinSegments(
  track: SegmentTrack,
  segments: readonly SegmentSamples[],
): Promise<Uint8Array> {
  const { signal } = new AbortController();
  const init = buildInitSegment({ tracks: [await track.describe(signal)] });
  return joinBytes([init, ...segments.map(segmentBytes)]);
}

/** What decoding gives: samples of each channel in turn, and what the decoder had to say. */
export interface DecodedAudio {
  /** Interleaved. */
  readonly samples: Float32Array;
  readonly messages: string;
}

/**
 * Decodes a file's first audio track with ffmpeg; nothing is skipped and nothing is filled in.
 * @param bytes - the file.
 * @param extension - of the file's name.
 */
export async function decodeAudio(bytes: Uint8Array, extension = 'mp4'): Promise<DecodedAudio> {
  const folder = await mkdtemp(join(tmpdir(), 'segmint-audio-'));
  try {
    const path = join(folder, `in.${extension}`);
    await writeFile(path, bytes);
    const args = ['-nostdin', '-v', 'warning', '-flags2', '+skip_manual', '-i', path, '-map', '0:a:0'];
    const { stdout, stderr } = await new Promise<{ stdout: Uint8Array; stderr: string }>((resolve) => {
      execFile(
        'ffmpeg',
        [...args, '-f', 'f32le', '-c:a', 'pcm_f32le', '-'],
        { encoding: 'buffer', maxBuffer: 2 ** 30 },
        (_, out, err) => resolve({ stdout: out, stderr: err.toString() }),
      );
    });
    return { samples: new Float32Array(Uint8Array.from(stdout).buffer), messages: stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}
