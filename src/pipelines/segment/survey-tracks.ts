import { UnsupportedMediaError } from '../../errors.js';
import type { Demuxer } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import type { Instant } from '../../time/instant.js';
import { rankTracks } from '../choose-tracks.js';
import { SampleFeed } from '../sample-feed.js';
import { findSourceStart, shownFromTime } from '../source-start.js';
import { settleVorbisStarts } from '../vorbis-start.js';

/** How far is read for the first sample of every track; a track that begins later than this counts as a late one. */
const peekBytes = 4 * 1024 * 1024;
/** How far is read for the video, which is never left out because much sound comes before it. */
const videoBytes = 64 * 1024 * 1024;
/** How much is looked through, from each of several places, for any sample of a late track. */
const lateBytes = 2 * 1024 * 1024;
/** Where late tracks are looked for, as shares of the duration. */
const latePlaces: readonly number[] = [0.5, 0.25, 0.75, 0.9];

/** A track with a sample of it. */
export interface SurveyedTrack<T> {
  /** The track. */
  readonly track: T;
  /** Its first sample; of a late track, any one. */
  readonly sample: Sample;
}

/** What a source holds that can be played. */
export interface TrackSurvey {
  /** The video track that is played, if any. */
  readonly video: SurveyedTrack<VideoTrack> | undefined;
  /** The audio tracks, the file's own choice first. */
  readonly audio: readonly SurveyedTrack<AudioTrack>[];
  /** Where the earliest track begins: zero of the output. */
  readonly origin: Instant;
}

/**
 * Finds the tracks of a source, a sample of each, and its zero. Reads the beginning, and a few places more where a track
 * begins late.
 * @param demuxer - the opened source.
 * @param signal - ends it.
 * @throws {UnsupportedMediaError} when there is nothing to play.
 */
export async function surveyTracks(demuxer: Demuxer, signal: AbortSignal): Promise<TrackSurvey> {
  const { tracks } = demuxer.info;
  const videoTrack = rankTracks<VideoTrack>(tracks, 'video', undefined).find(isOpen);
  const audioTracks = rankTracks<AudioTrack>(tracks, 'audio', undefined).filter(isOpen);
  const wanted = new Set(
    [...(videoTrack === undefined ? [] : [videoTrack]), ...audioTracks].map(({ id }) => id),
  );
  if (wanted.size === 0) throw nothingToPlay(tracks.some((track) => track.encryption !== undefined));

  const first = await firstSamples(demuxer, wanted, undefined, peekBytes, signal);
  if (videoTrack !== undefined && !first.has(videoTrack.id)) {
    const further = await firstSamples(demuxer, new Set([videoTrack.id]), undefined, videoBytes, signal);
    for (const [id, sample] of further) first.set(id, sample);
  }
  const audioStarts = withSamples(audioTracks, first);
  const [video] = withSamples(videoTrack === undefined ? [] : [videoTrack], first);
  const origin = findSourceStart(video && startOf(video), audioStarts.map(startOf));
  const late = new Set(audioTracks.map(({ id }) => id).filter((id) => !first.has(id)));
  await addLateSamples(demuxer, late, first, signal);
  const audio = withSamples(audioTracks, first);
  if (video === undefined && audio.length === 0) throw nothingToPlay(false);
  return { video, audio, origin };
}

function isOpen(track: VideoTrack | AudioTrack): boolean {
  return track.encryption === undefined;
}

function startOf<T extends VideoTrack | AudioTrack>({
  track,
  sample,
}: SurveyedTrack<T>): { track: T; time: number } {
  return { track, time: shownFromTime(track, sample) };
}

function withSamples<T extends VideoTrack | AudioTrack>(
  tracks: readonly T[],
  samples: ReadonlyMap<number, Sample>,
): SurveyedTrack<T>[] {
  return tracks.flatMap((track) => {
    const sample = samples.get(track.id);
    return sample === undefined ? [] : [{ track, sample }];
  });
}

async function addLateSamples(
  demuxer: Demuxer,
  late: Set<number>,
  found: Map<number, Sample>,
  signal: AbortSignal,
): Promise<void> {
  const { durationNs } = demuxer.info;
  if (durationNs === undefined) return;
  for (const share of latePlaces) {
    if (late.size === 0) return;
    for (const [id, sample] of await firstSamples(demuxer, late, durationNs * share, lateBytes, signal)) {
      found.set(id, sample);
      late.delete(id);
    }
  }
}

/** The first sample of each of some tracks, from a time on; their bytes are copies, so that no read chunk is held. */
async function firstSamples(
  demuxer: Demuxer,
  trackIds: ReadonlySet<number>,
  startNs: number | undefined,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Map<number, Sample>> {
  // Where it is known at which byte each track shows what it shows then, no more is read.
  await using feed = new SampleFeed(demuxer, { trackIds, startNs, endNs: startNs ?? 0, signal });
  const found = await feed.peekFirst(trackIds, limitBytes);
  const samples =
    startNs === undefined ? await settleVorbisStarts(demuxer.info, feed, found, limitBytes) : found;
  return new Map([...samples].map(([id, sample]) => [id, { ...sample, data: sample.data.slice() }]));
}

function nothingToPlay(isEncrypted: boolean): UnsupportedMediaError {
  return new UnsupportedMediaError(
    isEncrypted
      ? 'The source is encrypted: no video and no audio track can be played.'
      : 'The source has no video and no audio that can be played.',
  );
}
