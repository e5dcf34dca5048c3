import { recognizeFrameRate, type FrameRate } from './frame-rate.js';
import { rescale } from './rescale.js';

/** Ticks a second of a track whose frame rate is not known: divisible by the common rates, and by 1 ms. */
const generalTimescale = 90_000;
/** The least ticks a second: pictures that wait for others share a frame's time between them. */
const leastTimescale = 10_000;
/** A grid is of use only where rounding cannot move a time to a neighbouring frame. */
const leastPrecisionsPerFrame = 4;

/**
 * Turns container times, which are rounded, into ticks of the output track. With a known constant frame rate the
 * times of frames form a grid; a time that rounding alone can explain takes the grid's value, any other keeps its own.
 * Each time is judged alone, so that a segment's times do not depend on the samples before it.
 */
export interface Cadence {
  /** Ticks a second of the output track. */
  readonly timescale: number;
  /** Ticks between frames; undefined when the rate is not known. */
  readonly ticksPerFrame: number | undefined;
  /** The recognised rate. */
  readonly frameRate: FrameRate | undefined;
  /** Converts one presentation time, in ticks of the container, to ticks of the output. */
  toTicks(time: number): number;
}

/** What a container states of a track's times. */
export interface StatedTiming {
  /** Ticks a second of the container's times. */
  readonly timescale: number;
  /** Ticks to which the container rounds. */
  readonly timePrecision: number;
  /** Duration of a frame in container ticks, where it is stated. */
  readonly defaultDuration: number | undefined;
}

/**
 * Finds the cadence of a video track.
 * @param timing - what the container states.
 * @param anchorTime - presentation time of a frame of the track, in container ticks: the grid passes through zero when
 * this lies on it, else through this frame. Everyone who cuts the same source gives the same frame: its first.
 */
export function createCadence(timing: StatedTiming, anchorTime: number): Cadence {
  const { timescale: from, timePrecision, defaultDuration } = timing;
  const frameRate =
    defaultDuration === undefined ? undefined : recognizeFrameRate((defaultDuration * 1e9) / from);
  // Whole ticks a frame, and times that are not rounded: nothing is to be made better.
  const isExact = timePrecision === 1 && from !== 1e9 && Number.isInteger(defaultDuration ?? 1);
  const isCoarse = frameRate === undefined || defaultDuration! < leastPrecisionsPerFrame * timePrecision;
  if (isExact || isCoarse) {
    const widening = Math.ceil(leastTimescale / from);
    const timescale = from === 1e9 ? generalTimescale : from * widening;
    return {
      timescale,
      ticksPerFrame: isExact && defaultDuration !== undefined ? defaultDuration * widening : undefined,
      frameRate,
      toTicks: (time) => rescale(time, from, timescale),
    };
  }

  // Whole rates are widened to ticks of a thousandth of a frame, so that a time off the grid keeps its own too.
  const widening = frameRate.denominator === 1 ? 1000 : 1;
  const timescale = frameRate.numerator * widening;
  const ticksPerFrame = frameRate.denominator * widening;
  // Rounding moves a time by half a unit, truncation by a whole one, and the anchor itself was rounded too.
  const toleranceTicks = (timePrecision * timescale) / from;

  const anchorTicks = rescale(anchorTime, from, timescale);
  const phase = Math.abs(distanceToGrid(anchorTicks, ticksPerFrame)) <= toleranceTicks ? 0 : anchorTicks;
  return {
    timescale,
    ticksPerFrame,
    frameRate,
    toTicks: (time) => {
      const ticks = rescale(time, from, timescale);
      const distance = distanceToGrid(ticks - phase, ticksPerFrame);
      return Math.abs(distance) <= toleranceTicks ? ticks - distance : ticks;
    },
  };
}

function distanceToGrid(ticks: number, step: number): number {
  return ticks - Math.round(ticks / step) * step;
}
