import type { ReadOptions, Source } from '../media/source.js';
import { findStatedTimes } from './stated-times.js';

/** A place and the time that is stated there, in 90 kHz. */
interface Mark {
  readonly offset: number;
  readonly pts: number;
}

/** What is looked for. */
export interface TimeSearch {
  /** Bytes from one packet to the next. */
  readonly distance: number;
  /** PID of the stream whose times count. */
  readonly pid: number;
  /** The time, in 90 kHz. */
  readonly pts: number;
  /** First and last time of the source. */
  readonly startTime: number;
  readonly lastTime: number;
}

/** Bytes that are read at a place, and more when no time is stated in them. */
const windowBytes: readonly number[] = [128 << 10, 2 << 20];
/** A place is found when it is known to be within so many bytes. */
const nearBytes = 1 << 20;
/** Steps after which what was found must do. */
const mostSteps = 24;

/**
 * Finds a place at or before which a time stands, of a source whose clock never jumps: by the share of its length, corrected
 * by what is found there.
 * @returns a byte offset, at most some megabytes before the time; undefined where the clock goes back or no times are found.
 * @throws {SourceError} when the source cannot be read.
 */
export async function findTime(
  source: Source,
  { distance, pid, pts, startTime, lastTime }: TimeSearch,
  { signal }: ReadOptions,
): Promise<number | undefined> {
  if (source.size === undefined || lastTime <= startTime) return undefined;
  let low: Mark = { offset: 0, pts: startTime };
  let high: Mark = { offset: source.size, pts: lastTime };
  for (let step = 0; step < mostSteps && high.offset - low.offset > nearBytes; step++) {
    const span = high.offset - low.offset;
    const share = Math.min(1, Math.max(0, (pts - low.pts) / Math.max(1, high.pts - low.pts)));
    // Every other step halves what is left, so that uneven rates cannot make it take long.
    const part = step % 2 === 0 ? Math.min(0.95, Math.max(0.05, share)) : 0.5;
    const guess = Math.floor(low.offset + span * part);
    const mark = await readMark(source, guess, high.offset, distance, pid, signal);
    if (mark === undefined) {
      high = { offset: guess, pts: high.pts };
      continue;
    }
    if (mark.pts < low.pts || mark.pts > high.pts) return undefined;
    if (mark.pts <= pts) low = mark;
    else high = { offset: guess, pts: mark.pts };
  }
  return low.offset;
}

async function readMark(
  source: Source,
  offset: number,
  end: number,
  distance: number,
  pid: number,
  signal: AbortSignal | undefined,
): Promise<Mark | undefined> {
  const pids = new Set([pid]);
  for (const wanted of windowBytes) {
    const length = Math.min(wanted, end - offset);
    const bytes = await source.read(offset, length, { signal });
    const first = findStatedTimes(bytes, offset, distance, pids)[0];
    if (first !== undefined) return first;
  }
  return undefined;
}
