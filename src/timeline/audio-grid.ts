import { rescale } from '../time/rescale.js';

/** Samples in one AAC-LC access unit, ISO/IEC 14496-3, section 4.5.1.1. */
const gridFrameSamples = 1024;

/**
 * The global frame grid of an encoded audio rendition: frame k covers samples [1024k, 1024k + 1024) of the output
 * timeline, whatever is being made. A range of time owns the frames that start in it, so ranges that tile the timeline
 * own frames that tile it too.
 * @param time - start of the range in ticks of `timescale`; may be negative.
 * @param timescale - ticks a second of `time`.
 * @param sampleRate - samples a second of the rendition.
 * @returns the index of the first frame that starts at or after `time`.
 */
export function firstGridFrameFrom(time: number, timescale: number, sampleRate: number): number {
  return rescale(time, timescale * gridFrameSamples, sampleRate, 'up');
}
