import type { Track } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import type { TrackTimeline } from './edit-timeline.js';

/** What iTunes states of sound that an encoder made longer than it was, in samples at the rate of what is heard. */
export interface Gapless {
  /** Added before the beginning. */
  readonly delay: number;
  /** Added behind the end. */
  readonly padding: number;
  /** What went in; 0 where it is not said. */
  readonly samples: number;
}

/** The numbers of the tag, in hexadecimal; what stands first has always been zero. */
const NUMBERS = /^ *[0-9A-Fa-f]+ ([0-9A-Fa-f]{1,8}) ([0-9A-Fa-f]{1,8}) ([0-9A-Fa-f]{1,16})(?: |$)/;
/** Samples by which the sum of what is stated may differ from what there is: a frame of AAC with SBR. */
const TOLERANCE = 2048;

/**
 * Parses the text of the tag `iTunSMPB`.
 * @returns undefined when it is no such text.
 */
export function parseGapless(text: string): Gapless | undefined {
  const match = NUMBERS.exec(text);
  if (match === null) return undefined;
  const [delay, padding, samples] = match.slice(1).map((digits) => Number.parseInt(digits, 16));
  return { delay: delay!, padding: padding!, samples: Number.isSafeInteger(samples) ? samples! : 0 };
}

/**
 * Leaves out of AAC what its encoder added, as iTunes states it. An edit list that begins later than the media says the same,
 * and is part of the standard: where there is one, it alone counts. One that begins with the media says nothing of a delay; many
 * writers put it into every file.
 * @param timeline - what edit lists say.
 * @param mediaTicks - how long the media are, in ticks of the track; undefined where that is not known.
 */
export function withoutGaps(
  track: Track,
  timeline: TrackTimeline,
  gapless: Gapless | undefined,
  mediaTicks: number | undefined,
): TrackTimeline {
  if (gapless === undefined || track.type !== 'audio' || track.codec !== 'aac') return timeline;
  if ((timeline.start ?? 0) !== 0) return timeline;
  const rate = track.outputSampleRate ?? track.sampleRate;
  if (rate <= 0) return timeline;
  const { delay, padding, samples } = gapless;
  const toTicks = (count: number): number => rescale(count, rate, track.timescale);
  const start = toTicks(delay);
  const shifted = start === 0 ? timeline : { ...timeline, shift: timeline.shift - start, start };
  // The tag outlives cutting and joining: its end is believed only where all that it states is there.
  const isWhole =
    samples > 0 &&
    mediaTicks !== undefined &&
    Math.abs(toTicks(delay + samples + padding) - mediaTicks) <= toTicks(TOLERANCE);
  if (!isWhole) return shifted;
  const end = toTicks(delay + samples);
  return { ...shifted, end: Math.min(end, shifted.end ?? end), endPrecision: 0 };
}
