import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EnginePool } from '../../engine/pool.js';
import { UnsupportedMediaError } from '../../errors.js';
import { cacheChunks } from '../../io/chunk-cache.js';
import type { MediaIndex } from '../../media/media-index.js';
import type { ReadOptions, Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import { findChangingSound } from '../changing-sound.js';
import { LazyEngines } from '../lazy-engines.js';
import { openDemuxer, type OpenedDemuxer } from '../open-demuxer.js';
import { findRefusedSound } from '../refused-sound.js';
import type { AudioAllowance } from './audio-allowance.js';
import { copiedAudioConfiguration } from './choose-form.js';
import type { IndexRecord } from './index-record.js';
import { KeptIndex, type IndexCache } from './kept-index.js';
import { makeAudioPlan, makeVideoPlan, TARGET_SECONDS } from './make-plan.js';
import { OpenedSegments } from './opened-segments.js';
import { PassedAudio } from './passed-audio.js';
import { segmentSourceOf, type SegmentSource } from './segment-source.js';
import type { SegmentedMedia } from './segmented-media.js';
import { surveyTracks, type SurveyedTrack, type TrackSurvey } from './survey-tracks.js';

/** Options of {@link openSegmented}. */
export interface SegmentedOptions extends ReadOptions {
  /** Who encodes; engines of its own are started when they are needed, and ended with the media, when absent. */
  readonly engine?: EnginePool | undefined;
  /** Close the source with the media, and when opening fails; true by default. */
  readonly closeSource?: boolean | undefined;
  /** Keeps the index: opening the same bytes again, in any process, then reads little more than their head. */
  readonly cache?: IndexCache | undefined;
  /**
   * Bytes that may be read of a source to which a read is a request, where it has no index, to find its keyframes; 64 MiB by
   * default. As many as it has are read once only where a `cache` keeps what was found.
   */
  readonly scanBytes?: number | undefined;
  /** Says how much audio that is met between pictures is kept, where many media are open at a time. */
  readonly audioAllowance?: AudioAllowance | undefined;
}

/**
 * Opens a source for playing in segments: reads its head and its index, tests the index, and plans the
 * segments. Of a remote Matroska file with an index at its end that takes three reads.
 * @param source - where the bytes come from; must be seekable. Closed with the media.
 * @param options - who encodes, and a signal for the opening.
 * @returns everything that HLS needs; to be closed.
 * @throws {UnsupportedMediaError} when the source cannot be read from anywhere, holds nothing to play, or has no index and
 * is too large to scan.
 * @throws {MalformedMediaError | LimitExceededError | SourceError} when it cannot be understood or read.
 */
export async function openSegmented(source: Source, options: SegmentedOptions = {}): Promise<SegmentedMedia> {
  const engines = new LazyEngines(options.engine);
  const ending = new AbortController();
  const { signal: given } = options;
  const signal = given === undefined ? ending.signal : AbortSignal.any([given, ending.signal]);
  // Renditions lie interleaved, and each reads the same bytes for a part of them.
  const cached = source.isLocal === true ? source : cacheChunks(source);
  let opened: OpenedDemuxer | undefined;
  let passedAudio: PassedAudio | undefined;
  const close = async (): Promise<void> => {
    ending.abort();
    passedAudio?.[Symbol.dispose]();
    try {
      await opened?.demuxer.close();
      await engines[Symbol.asyncDispose]();
    } finally {
      if (options.closeSource ?? true) await source[Symbol.asyncDispose]();
    }
  };
  try {
    if (!source.seekable) {
      throw new UnsupportedMediaError(
        'Segments need a source that can be read from anywhere; this one can only be streamed.',
      );
    }
    const kept = new KeptIndex(options.cache, source);
    const known = await kept.read(signal);
    const scan = known && { ...known.index, stretches: known.stretches, isComplete: true };
    const includes = { includeTail: source.isLocal, includeChapters: true, mayHidePictures: true };
    opened = await openDemuxer(cached, { signal, ...includes, scan });
    const survey = await surveyTracks(opened.demuxer, signal);
    const firstSound = new Map(survey.audio.map(({ track, sample }) => [track.id, sample]));
    const changingSound = await findChangingSound(opened.demuxer, cached, firstSound, signal);
    const segmentSource = segmentSourceOf(opened, options.scanBytes);
    const sound = survey.audio.map(({ track, sample }) => ({
      track,
      packet: sample.data,
      configuration: copiedAudioConfiguration({ track, sample }),
    }));
    const [{ trackEndsNs, obstacle, shortPlan, ...planned }, refusedSound] = await Promise.all([
      plan(segmentSource, survey, { kept, known }, signal),
      findRefusedSound(engines, sound, signal),
    ]);
    await nextTurn();
    const { demuxer } = segmentSource;
    const { origin } = survey;
    const { isLocal } = source;
    // Of what is not local all bytes are kept for a while.
    const isKept = isLocal === true && segmentSource.isInOrder;
    const heard = survey.audio.find(({ track }) => !refusedSound.has(track.id))?.track.id;
    if (isKept) passedAudio = new PassedAudio(demuxer, heard, options.audioAllowance);
    const { durationNs } = demuxer.info;
    const context = { demuxer, isLocal, origin, durationNs, passedAudio, ...planned };
    const sources = { context, survey, trackEndsNs, changingSound, refusedSound, obstacle };
    return new OpenedSegments({ ...sources, shortPlan, engines, source, close, ending: ending.signal });
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is known of the index before the source was looked at, and where it is kept. */
interface KnownIndex {
  readonly kept: KeptIndex;
  readonly known: IndexRecord | undefined;
}

async function takeIndex(
  source: SegmentSource,
  video: SurveyedTrack<VideoTrack>,
  { kept, known }: KnownIndex,
  signal: AbortSignal,
): Promise<MediaIndex> {
  if (known?.index.trackId === video.track.id) return known.index;
  const built = await source.buildIndex(video, TARGET_SECONDS * 1000, signal);
  // Each step goes through thousands of entries, in code that may run for the first time: others have their turn between.
  await nextTurn();
  await kept.keep(built);
  return built.index;
}

async function plan(source: SegmentSource, survey: TrackSurvey, from: KnownIndex, signal: AbortSignal) {
  const { video, audio, origin } = survey;
  if (video === undefined) {
    const ends = await source.readTrackEnds(signal);
    const known = audio.map(({ track }) => ends.get(track.id)).filter((end) => end !== undefined);
    const endNs = known.length > 0 ? Math.max(...known) : source.demuxer.info.durationNs;
    const plan = makeAudioPlan(endNs, origin);
    return { index: undefined, trackEndsNs: ends, plan, shortPlan: undefined, obstacle: undefined };
  }
  const index = await takeIndex(source, video, from, signal);
  await nextTurn();
  return {
    index,
    trackEndsNs: index.trackEndsNs,
    ...makeVideoPlan(index, video, origin, source.demuxer.info.durationNs),
  };
}
