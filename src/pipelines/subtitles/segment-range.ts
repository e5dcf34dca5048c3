import { RequestError } from '../../errors.js';
import { rescale } from '../../time/rescale.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import type { TimeRange } from './shown-sample.js';

/**
 * The time of a segment of subtitles: that of the plan's segment; the last one has all that comes behind as well.
 * @param timing - of the plan.
 * @param number - from 0.
 * @throws {RequestError} `not_found` when there is no such segment.
 */
export function segmentRange({ timescale, starts }: RenditionTiming, number: number): TimeRange {
  const start = starts[number];
  if (start === undefined) {
    throw new RequestError(
      `There is no segment ${number}; there are 0 to ${starts.length - 1}.`,
      'not_found',
    );
  }
  const next = starts[number + 1];
  return {
    startMs: rescale(start, timescale, 1000, 'down'),
    // Whoever plays to the last moment of a segment has what appears in its last millisecond.
    endMs: next === undefined ? Infinity : rescale(next, timescale, 1000, 'up'),
  };
}
