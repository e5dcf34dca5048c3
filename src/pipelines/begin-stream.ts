import type { EnginePool } from '../engine/pool.js';
import type { Sample } from '../media/sample.js';
import type { Source } from '../media/source.js';
import type { AudioTrack, VideoTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { rescale } from '../time/rescale.js';
import type { AudioLane } from './audio-lane.js';
import { findChangingSound } from './changing-sound.js';
import { rankTracks } from './choose-tracks.js';
import type { ResolvedOptions } from './continuous-options.js';
import { FragmentAssembler } from './fragment-assembler.js';
import { SampleFeed } from './sample-feed.js';
import { selectDecodable } from './select-decodable.js';
import { createAudioLane, createVideoLane, type Selection } from './select-lanes.js';
import type { SourceDemuxer } from './source-demuxer.js';
import { SoundStart } from './sound-start.js';
import { ensureStartableVideo } from './startable-video.js';
import { findSourceStart, shownFromTime, type TrackStart } from './source-start.js';
import type { VideoLane } from './video-lane.js';
import { settleVorbisStarts } from './vorbis-start.js';

/** How far is read for the first sample of every track; a track that begins later than this counts as a late one. */
const peekBytes = 4 * 1024 * 1024;
/** How far for a keyframe where nothing else tells what the pictures are: a stream that was joined in the middle. */
const peekKeyframeBytes = 32 * 1024 * 1024;
/** How far to step back when an index led to pictures that playing cannot begin at; grows with every step. */
const firstStepBackNs = 30e9;

/** A stream whose tracks are selected and whose first samples are at hand. */
export interface BegunStream {
  /** The demuxer. */
  readonly demuxer: SourceDemuxer;
  /** The tracks. */
  readonly selection: Selection;
  /** Zero of the source: where its earliest track begins. */
  readonly sourceStart: Instant;
  /** Samples, from where the stream begins or a little before. */
  readonly feed: SampleFeed;
  /** Cuts the fragments. */
  readonly assembler: FragmentAssembler;
  /** The video lane. */
  readonly video: VideoLane | undefined;
  /** The audio lane. */
  readonly audio: AudioLane | undefined;
}

/**
 * Selects the tracks, finds the source's zero, and goes to where the stream is to begin. Reads no further than the first
 * sample of each selected track and, after a seek, the first startable picture.
 * @param demuxer - the opened source.
 * @param source - what it reads, from anywhere or through to the start.
 * @param request - what is asked for.
 * @param engines - who encodes; asked only when something is to be encoded.
 * @param signal - ends it.
 * @throws {UnsupportedMediaError | RequestError} as {@link selectDecodable} and {@link ensureStartableVideo}.
 */
export async function beginStream(
  demuxer: SourceDemuxer,
  source: Pick<Source, 'seekable' | 'size' | 'isLocal'>,
  request: ResolvedOptions,
  engines: { get(): EnginePool },
  signal: AbortSignal,
): Promise<BegunStream> {
  const { tracks } = demuxer.info;
  const playable = new Set(tracks.filter((track) => track.type !== 'subtitle').map((track) => track.id));
  const head = new SampleFeed(demuxer, { signal, trackIds: playable });
  let feed: SampleFeed | undefined = head;
  try {
    const likely = [
      rankTracks<VideoTrack>(tracks, 'video', request.videoTrack)[0],
      rankTracks<AudioTrack>(tracks, 'audio', request.audioTrack)[0],
    ].filter((track) => track !== undefined);
    const blind = likely.find((track) => track.type === 'video' && track.width * track.height === 0)?.id;
    const foundSamples = await head.peekFirst(
      new Set(likely.map((track) => track.id)),
      blind === undefined ? peekBytes : peekKeyframeBytes,
      (sample) => sample.trackId !== blind || sample.isSync,
    );
    const likelySamples = await settleVorbisStarts(demuxer.info, head, foundSamples, peekBytes);
    const changingSound =
      request.audio === 'auto'
        ? await findChangingSound(demuxer, source, likelySamples, signal)
        : new Set<number>();
    const findSoundSamples = async (): Promise<ReadonlyMap<number, Sample>> => {
      const audioIds = new Set(tracks.filter(({ type }) => type === 'audio').map(({ id }) => id));
      const found = await head.peekFirst(audioIds, peekBytes);
      return settleVorbisStarts(demuxer.info, head, found, peekBytes);
    };
    const { selection: selected, firstSamples } = await selectDecodable(
      demuxer.info,
      likelySamples,
      { ...request, changingSound },
      engines,
      findSoundSamples,
      signal,
    );
    const firstPicture = firstSamples.get(selected.video?.track.id ?? 0);
    const selection = await ensureStartableVideo(head, selected, firstPicture, request);
    const sourceStart = startOf(selection, firstSamples);
    const startTime = request.startMs === 0 ? undefined : timeAt(request.startMs, sourceStart);
    const pool = isEncoding(selection) ? engines.get() : undefined;
    const videoTrack = selection.video?.track;
    const firstVideoSample = videoTrack && firstSamples.get(videoTrack.id);
    const firstAudioSample = firstSamples.get(selection.audio?.track.id ?? 0);
    const open = (from: SampleFeed): BegunStream => {
      const laneOptions = {
        anchorTime: firstVideoSample?.presentationTime ?? 0,
        videoShownFromTime: firstVideoSample === undefined ? 0 : shownFromTime(videoTrack!, firstVideoSample),
        videoStartTime:
          startTime === undefined
            ? undefined
            : rescale(startTime, 1e9, selection.video?.track.timescale ?? 1e9),
        sourceEnd: endOf(demuxer, sourceStart),
        firstAudioSample: firstAudioSample?.data,
        audioAnchorTime: from === head ? firstAudioSample?.presentationTime : undefined,
        pool,
        audioOutput: request.audioOutput,
        videoOutput: request.videoOutput,
      };
      const video = createVideoLane(selection, laneOptions);
      const audio = createAudioLane(selection, laneOptions);
      const fromHead = startTime === undefined;
      const audioStart =
        video === undefined && startTime !== undefined ? { ticks: startTime, timescale: 1e9 } : undefined;
      const assembler = new FragmentAssembler({
        video,
        audio,
        origin: fromHead || request.timeline === 'absolute' ? sourceStart : undefined,
        startDecodeTimeMs: request.startDecodeTimeMs,
        start: fromHead ? sourceStart : audioStart,
        maxDurationMs: request.maxDurationMs,
        signal,
      });
      return { demuxer, selection, sourceStart, feed: from, assembler, video, audio };
    };
    if (startTime === undefined) return open(head);
    if (!source.seekable) {
      const begun = open(head);
      await readToStart(begun);
      return begun;
    }

    await head[Symbol.asyncDispose]();
    feed = undefined;
    const seekTrackId = (selection.video ?? selection.audio)!.track.id;
    const trackIds = new Set(
      [selection.video?.track.id, selection.audio?.track.id].filter((id) => id !== undefined),
    );
    const earliestNs = ticksOf(sourceStart, 1e9);
    const sound = new SoundStart(selection.audio?.track, firstAudioSample?.presentationTime);
    let seekNs = startTime;
    for (let stepNs = firstStepBackNs; ;) {
      feed = new SampleFeed(demuxer, { signal, trackIds, startNs: seekNs, seekTrackId });
      await sound.look(feed);
      const begun = open(feed);
      const isFound = await readToStart(begun);
      if (seekNs <= earliestNs) return begun;
      const start = begun.video?.startInstant ?? { ticks: startTime, timescale: 1e9 };
      const earlierNs = isFound ? sound.earlier(start, seekNs) : seekNs - stepNs;
      if (earlierNs === undefined) return begun;
      if (!isFound) stepNs *= 4;
      await feed[Symbol.asyncDispose]();
      feed = undefined;
      seekNs = Math.max(earliestNs, earlierNs);
    }
  } catch (error) {
    await feed?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Reads until the video's first picture is settled. Gives false when it lies after the wanted start. */
async function readToStart({ feed, assembler, video }: BegunStream): Promise<boolean> {
  if (video === undefined) return true;
  while (!hasBegun(video) && !video.hasMissedStart) {
    const batch = await feed.next();
    if (batch === undefined) {
      assembler.finish();
      break;
    }
    assembler.push(batch);
  }
  return hasBegun(video) && !video.hasMissedStart;
}

/** Whether engines are needed. */
export function isEncoding({ video, audio }: Selection): boolean {
  return video?.decision.action === 'transcode' || audio?.decision.action === 'transcode';
}

/**
 * Where the earliest of the selected tracks begins; a track of which no sample was found does not count. Pictures that
 * are copied are shown from the first one on, also where that is only to be decoded.
 */
function startOf({ video, audio }: Selection, firstSamples: ReadonlyMap<number, Sample>): Instant {
  const startsOf = <T extends VideoTrack | AudioTrack>(track: T | undefined): TrackStart<T>[] => {
    const sample = track === undefined ? undefined : firstSamples.get(track.id);
    if (track === undefined || sample === undefined) return [];
    const isCopiedVideo = track.type === 'video' && video?.decision.action === 'copy';
    return [{ track, time: isCopiedVideo ? sample.presentationTime : shownFromTime(track, sample) }];
  };
  return findSourceStart(startsOf(video?.track)[0], startsOf(audio?.track));
}

/** Some containers count their duration from zero, some from their beginning: the later end is believed. */
function endOf({ info }: SourceDemuxer, sourceStart: Instant): Instant | undefined {
  if (info.durationNs === undefined) return undefined;
  return { ticks: info.durationNs + Math.max(0, ticksOf(sourceStart, 1e9)), timescale: 1e9 };
}

/** A time of the source's own timeline, in nanoseconds. */
function timeAt(startMs: number, sourceStart: Instant): number {
  return Math.round(startMs * 1e6) + ticksOf(sourceStart, 1e9);
}

function hasBegun(video: VideoLane): boolean {
  return video.startInstant !== undefined;
}
