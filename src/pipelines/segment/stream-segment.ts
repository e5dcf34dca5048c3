import { createFrameDuration } from '../../codecs/frame-duration.js';
import { DEFAULT_AUDIO_OUTPUT } from '../../engine/audio-job.js';
import type { EnginePool } from '../../engine/pool.js';
import { RequestError } from '../../errors.js';
import { buildFragment, type FragmentTrack } from '../../isobmff/fragment.js';
import { openMatroska, type MatroskaDemuxer } from '../../matroska/demuxer.js';
import type { Sample } from '../../media/sample.js';
import type { Source } from '../../media/source.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import { createCadence } from '../../time/cadence.js';
import { ticksOf } from '../../time/instant.js';
import { rescale } from '../../time/rescale.js';
import type { SegmentPlan } from '../../timeline/segment-plan.js';
import { rankTracks, type TrackChoice } from '../choose-tracks.js';
import { inflate } from '../inflate.js';
import { LazyEngines } from '../lazy-engines.js';
import { browserTarget, type PlayerTarget } from '../player-target.js';
import { selectTracks, type Selection } from '../select-lanes.js';
import { AudioCopyTrack } from './audio-copy-track.js';
import { AudioEncodeTrack } from './audio-encode-track.js';
import { HeldRange } from './held-range.js';
import { RangeWatch } from './range-watch.js';
import type { SegmentContext, SegmentTrack } from './segment-track.js';
import { VideoCopyTrack } from './video-copy-track.js';

/** Options of {@link streamSegmentFmp4}. */
export interface SegmentStreamOptions {
  /** Where the segment begins, in milliseconds of the output's timeline. */
  readonly startDecodeTimeMs: number;
  /** How long it is meant to be, in milliseconds: it ends at the first picture to begin at from there on. */
  readonly maxDurationMs: number;
  /** The time of the source that is zero in the output, in milliseconds; 0 by default. */
  readonly originMs?: number | undefined;
  /** Number of the segment, for `mfhd`; 1 by default. */
  readonly sequenceNumber?: number | undefined;
  /** Number of the video track in the source, or `none`; by default the file's own choice. */
  readonly videoTrack?: TrackChoice;
  /** Number of the audio track in the source, or `none`; by default the file's own choice. */
  readonly audioTrack?: TrackChoice;
  /** What the player can decode; what current browsers can, by default. */
  readonly target?: PlayerTarget | undefined;
  /** `auto` (default) copies what the target plays and encodes the rest as AAC; `copy` copies; `aac` always encodes. */
  readonly audio?: 'auto' | 'copy' | 'aac' | undefined;
  /** Engines that encode. Without any, the segment starts its own when it needs them, and ends them. */
  readonly engine?: EnginePool | undefined;
  /** Ends the work: reading rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the source is closed at the end; true by default. */
  readonly closeSource?: boolean | undefined;
}

/** Where the segment's part of the plan is far from its end. */
const farSeconds = 10;

/**
 * Makes one media segment, without init segment, of a source that is a Matroska header and a range of Clusters behind it:
 * `styp`, `moof`, `mdat`, video as track 1 and audio as track 2 (alone, as track 1), at their absolute times. What comes
 * before and behind the segment's own time is used for its joins.
 *
 * Video is copied from the first picture to begin at that is not before the start (by more than half a frame) up to the
 * first one that is not before start and duration; audio of the same time is copied, or encoded on the global grid.
 * @param source - bytes in order; need not be seekable. Read as far as is needed, and closed unless told otherwise.
 * @param options - where and how long.
 * @returns the segment's bytes, made when they are read.
 * @throws {RequestError} when the options make no sense, or no picture to begin at comes from the start on. Reading throws
 * {@link MalformedMediaError}, {@link UnsupportedMediaError}, {@link LimitExceededError}, {@link SourceError}, {@link
 * EngineError} and {@link OverloadedError} too.
 */
export async function* streamSegmentFmp4(
  source: Source,
  options: SegmentStreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ending = new AbortController();
  const signal =
    options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal]);
  const engines = new LazyEngines(options.engine);
  let demuxer: MatroskaDemuxer | undefined;
  try {
    checkOptions(options);
    signal.throwIfAborted();
    demuxer = await openMatroska(source, { signal, inflate });
    const tracks = await makeTracks(demuxer, options, engines, signal);
    yield* buildFragment({
      sequenceNumber: options.sequenceNumber ?? 1,
      tracks,
      withSegmentType: true,
    }).chunks;
  } finally {
    ending.abort();
    await demuxer?.close();
    await engines[Symbol.asyncDispose]();
    if (options.closeSource ?? true) await source[Symbol.asyncDispose]();
  }
}

function checkOptions({ startDecodeTimeMs, maxDurationMs, originMs = 0 }: SegmentStreamOptions): void {
  const largest = Number.MAX_SAFE_INTEGER / 1e6;
  if (!(startDecodeTimeMs >= 0 && startDecodeTimeMs <= largest)) {
    throw new RequestError(`A segment cannot start at ${startDecodeTimeMs} ms.`);
  }
  if (!(maxDurationMs > 0 && maxDurationMs <= largest)) {
    throw new RequestError(`A segment cannot last ${maxDurationMs} ms.`);
  }
  if (!(Math.abs(originMs) <= largest)) throw new RequestError(`The origin cannot be at ${originMs} ms.`);
}

async function makeTracks(
  demuxer: MatroskaDemuxer,
  options: SegmentStreamOptions,
  engines: LazyEngines,
  signal: AbortSignal,
): Promise<FragmentTrack[]> {
  const { tracks } = demuxer.info;
  const video = rankTracks<VideoTrack>(tracks, 'video', options.videoTrack)[0];
  const audio = rankTracks<AudioTrack>(tracks, 'audio', options.audioTrack)[0];
  const likely = [video, audio].filter((track) => track !== undefined);
  const originNs = Math.round((options.originMs ?? 0) * 1e6);
  const startSeconds = (options.startDecodeTimeMs + (options.originMs ?? 0)) / 1000;
  const watch = new RangeWatch({
    video,
    audio,
    startSeconds,
    endSeconds: startSeconds + options.maxDurationMs / 1000,
    toleranceSeconds: (video?.defaultDuration ?? 0) / (video?.timescale ?? 1) / 2,
  });
  const range = await readRange(demuxer, new Set(likely.map(({ id }) => id)), watch, signal);
  const firstSamples = new Map<number, Sample>();
  for (const sample of range.held) {
    if (!firstSamples.has(sample.trackId)) firstSamples.set(sample.trackId, sample);
  }
  const wanted = { videoTrack: options.videoTrack, audioTrack: options.audioTrack, video: 'auto' } as const;
  const selection = selectTracks({ ...demuxer.info, tracks: likely }, firstSamples, {
    ...wanted,
    audio: options.audio ?? 'auto',
    target: options.target ?? browserTarget,
  });
  const makers = planTracks(selection, { range, watch, firstSamples, originNs, options, engines });
  const made = await Promise.all(makers.map(({ track, number }) => track.segment(number, signal)));
  return made.map(({ track }, i) => ({ ...track, trackId: i + 1 }));
}

async function readRange(
  demuxer: MatroskaDemuxer,
  trackIds: ReadonlySet<number>,
  watch: RangeWatch,
  signal: AbortSignal,
): Promise<HeldRange> {
  const range = new HeldRange(demuxer.info);
  for await (const batch of demuxer.samples({ trackIds, signal })) {
    for (const sample of batch) {
      range.hold(sample);
      watch.push(sample);
    }
    if (watch.isComplete) break;
  }
  return range;
}

/** What the tracks of the segment are made of. */
interface RangeParts {
  readonly range: HeldRange;
  readonly watch: RangeWatch;
  readonly firstSamples: ReadonlyMap<number, Sample>;
  readonly originNs: number;
  readonly options: SegmentStreamOptions;
  readonly engines: LazyEngines;
}

/** Plans the one segment as a part of the whole: the same tracks as those of a source that is read anywhere make it. */
function planTracks(
  { video, audio }: Selection,
  parts: RangeParts,
): { readonly track: SegmentTrack; readonly number: number }[] {
  const { range, engines, firstSamples } = parts;
  const plan = planRange(video?.track, audio?.track, parts);
  const keyframes = [parts.watch.start, parts.watch.end].filter((sample) => sample !== undefined);
  const number = plan.starts[1] === undefined || parts.options.startDecodeTimeMs === 0 ? 0 : 1;
  const contextFor = (offsetOf: (sample: Sample) => number): SegmentContext => ({
    demuxer: range,
    plan,
    origin: { ticks: parts.originNs, timescale: 1e9 },
    index:
      video === undefined
        ? undefined
        : {
            trackId: video.track.id,
            origin: 'scan',
            keyframes: keyframes.map((sample) => ({
              timeNs: rescale(sample.presentationTime, video.track.timescale, 1e9),
              offset: offsetOf(sample),
              isStartable: true,
            })),
            trackEndsNs: new Map(),
            faults: [],
          },
  });
  const made: SegmentTrack[] = [];
  if (video !== undefined) {
    made.push(
      new VideoCopyTrack(
        contextFor(({ offset }) => offset),
        video.track,
        {
          configuration: video.decision.configuration!,
          anchorTime: rescale(parts.originNs, 1e9, video.track.timescale),
          engines,
        },
      ),
    );
  }
  if (audio !== undefined) {
    const { track, decision } = audio;
    const first = firstSamples.get(track.id);
    // All that is held may be heard.
    const context = contextFor(() => 0);
    // Of the first packets nothing is known here; as a rule they begin at the origin, and the others in step with them.
    const common = {
      firstPacket: first?.data,
      anchorTime: rescale(parts.originNs, 1e9, track.timescale),
    };
    made.push(
      decision.action === 'copy'
        ? new AudioCopyTrack(context, track, { ...common, configuration: decision.configuration! })
        : new AudioEncodeTrack(context, track, { ...common, engines, output: DEFAULT_AUDIO_OUTPUT }),
    );
  }
  return made.map((track) => ({ track, number }));
}

function planRange(
  video: VideoTrack | undefined,
  audio: AudioTrack | undefined,
  { range, watch, originNs, options, firstSamples }: RangeParts,
): SegmentPlan {
  const isFirst = options.startDecodeTimeMs === 0;
  const lastAudioEnd = (rate: number): number => {
    const last = range.held.findLast(({ trackId }) => trackId === audio?.id);
    if (audio === undefined || last === undefined) return 0;
    const durations = createFrameDuration(audio, firstSamples.get(audio.id)?.data);
    const lasts = durations(last.data) ?? 0;
    const ends = rescale(last.presentationTime, audio.timescale, rate) - rescale(originNs, 1e9, rate);
    return ends + rescale(lasts, durations.rate, rate, 'up');
  };
  if (video === undefined) {
    const timescale = 48_000;
    const start = rescale(Math.round(options.startDecodeTimeMs * 1000), 1e6, timescale);
    const end = start + rescale(Math.round(options.maxDurationMs * 1000), 1e6, timescale);
    return joinPlan(timescale, start, watch.isLast ? undefined : end, lastAudioEnd(timescale), isFirst);
  }
  const { start, end } = watch;
  if (start === undefined) {
    throw new RequestError('No picture that playing can begin at comes from the start on.', 'invalid', {
      context: { track: video.id },
    });
  }
  const cadence = createCadence(video, rescale(originNs, 1e9, video.timescale));
  const { timescale } = cadence;
  const originTicks = ticksOf({ ticks: originNs, timescale: 1e9 }, timescale);
  const last = range.held.reduce(
    (time, { trackId, presentationTime }) => (trackId === video.id ? Math.max(time, presentationTime) : time),
    0,
  );
  const videoEnd = cadence.toTicks(last) - originTicks + (cadence.ticksPerFrame ?? 1);
  return joinPlan(
    timescale,
    cadence.toTicks(start.presentationTime) - originTicks,
    end === undefined ? undefined : cadence.toTicks(end.presentationTime) - originTicks,
    Math.max(videoEnd, lastAudioEnd(timescale)),
    isFirst,
  );
}

/** A plan of which the wanted segment is the first, or the second; `next` is where one comes behind it. */
function joinPlan(
  timescale: number,
  start: number,
  next: number | undefined,
  sourceEnd: number,
  isFirst: boolean,
): SegmentPlan {
  const starts = isFirst ? [0] : [0, Math.max(1, start)];
  const keyframes = isFirst ? [0] : [0, 0];
  if (next === undefined) return { timescale, starts, keyframes, end: Math.max(sourceEnd, start + 1) };
  return {
    timescale,
    starts: [...starts, next],
    keyframes: [...keyframes, 1],
    end: next + farSeconds * timescale,
  };
}
