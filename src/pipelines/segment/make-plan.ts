import { FRAME_SAMPLES, OUTPUT_SAMPLE_RATE } from '../../engine/audio-job.js';
import { UnsupportedMediaError } from '../../errors.js';
import type { MediaIndex } from '../../media/media-index.js';
import type { VideoTrack } from '../../media/track.js';
import { createCadence } from '../../time/cadence.js';
import { ticksOf, type Instant } from '../../time/instant.js';
import { rescale } from '../../time/rescale.js';
import { planAudioOnly } from '../../timeline/segment-plan-audio.js';
import { planReencoded } from '../../timeline/segment-plan-reencoded.js';
import { planShort } from '../../timeline/segment-plan-short.js';
import { planSegments, type SegmentPlan } from '../../timeline/segment-plan.js';
import { CUT_WITHIN_GROUPS } from '../decide.js';
import type { SurveyedTrack } from './survey-tracks.js';

/** How long a segment is at least, in seconds. */
export const TARGET_SECONDS = 6;

/** The same of what is encoded while a viewer waits for it. Groups of 2.5, 3 and 4 seconds stay whole. */
const SHORT_SECONDS = 2.5;

/** What is longer has no short segments: there would be more than a playlist can hold long before there are of the others. */
const LONGEST_SHORT_SECONDS = 24 * 3600;

/** And of its first segment: what is asked for when nothing has been seen yet. */
const OPENING_SECONDS = 2;

/** A plan, and what stands against copying the video by it. */
export interface MadePlan {
  /** The plan. */
  readonly plan: SegmentPlan;
  /** A plan of shorter segments, for video that is encoded for players that have no copy to change to. */
  readonly shortPlan: SegmentPlan;
  /** Why the video cannot be copied when it is cut like this; undefined when it can. */
  readonly obstacle: string | undefined;
}

/**
 * Plans the segments of a source with video.
 * @param index - of the video track.
 * @param video - the track and its first sample.
 * @param origin - the time of the source that is zero.
 * @param durationNs - of the source by its own word: where the video ends when nothing else tells.
 */
export function makeVideoPlan(
  index: MediaIndex,
  video: SurveyedTrack<VideoTrack>,
  origin: Instant,
  durationNs: number | undefined,
): MadePlan {
  const cadence = createCadence(video.track, video.sample.presentationTime);
  const { timescale, ticksPerFrame } = cadence;
  const originTicks = ticksOf(origin, timescale);
  const lastNs = index.keyframes.at(-1)!.timeNs;
  const endNs = index.trackEndsNs.get(video.track.id) ?? durationNs ?? lastNs;
  const toTicks = (timeNs: number): number =>
    cadence.toTicks(rescale(timeNs, 1e9, video.track.timescale)) - originTicks;
  const request = {
    timescale,
    keyframes: index.keyframes.map(({ timeNs, isStartable }) => {
      return { ticks: toTicks(timeNs), isStartable };
    }),
    endTicks: toTicks(Math.max(endNs, lastNs)),
    targetTicks: TARGET_SECONDS * timescale,
    frameTicks: ticksPerFrame,
  };
  const planned = planSegments(request);
  const plan = planned.plan ?? planReencoded(request);
  const isLong = request.endTicks > LONGEST_SHORT_SECONDS * timescale;
  const targetTicks = SHORT_SECONDS * timescale;
  const openingTicks = OPENING_SECONDS * timescale;
  const shortPlan = isLong ? plan : planShort({ ...request, targetTicks, openingTicks });
  const obstacle = video.track.isCutWithinGroups === true ? CUT_WITHIN_GROUPS : planned.needsReencode;
  return { plan, shortPlan, obstacle };
}

/**
 * Plans the segments of a source of audio alone.
 * @param endNs - where its longest track ends, on the source's own timeline.
 * @param origin - the time of the source that is zero.
 * @throws {UnsupportedMediaError} when nothing tells how long it is.
 */
export function makeAudioPlan(endNs: number | undefined, origin: Instant): SegmentPlan {
  if (endNs === undefined) {
    throw new UnsupportedMediaError(
      'Segments cannot be planned: nothing tells how long the audio is. The continuous stream can be played.',
    );
  }
  const endTicks = rescale(endNs, 1e9, OUTPUT_SAMPLE_RATE) - ticksOf(origin, OUTPUT_SAMPLE_RATE);
  return planAudioOnly({ rate: OUTPUT_SAMPLE_RATE, frameSamples: FRAME_SAMPLES, endTicks });
}
