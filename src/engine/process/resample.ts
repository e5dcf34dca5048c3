import { SoftwareResampleContext } from 'node-av/lib';
import { AV_CHANNEL_ORDER_NATIVE, AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import { check, viewAsBuffer } from './native.js';

/**
 * Where source and output samples coincide: every `sourceStep` source samples make exactly `outputStep` output samples.
 * A resampler that begins at such a place has the phase that it would have had, had it begun at time zero.
 */
export interface ResamplingGrid {
  /** Source samples from one coincidence to the next. */
  readonly sourceStep: number;
  /** Output samples from one coincidence to the next. */
  readonly outputStep: number;
}

/**
 * Finds where samples of two rates coincide.
 * @param sourceRate - samples a second.
 * @param outputRate - samples a second.
 */
export function findResamplingGrid(sourceRate: number, outputRate: number): ResamplingGrid {
  const common = greatestCommonDivisor(sourceRate, outputRate);
  return { sourceStep: sourceRate / common, outputStep: outputRate / common };
}

/**
 * Resamples a stretch of audio; the first output sample is at the time of the first source sample.
 * @param planes - source samples, one array a channel.
 * @param sourceRate - samples a second.
 * @param outputRate - samples a second.
 * @param outputCount - output samples wanted; the source must reach far enough beyond them for the filter.
 * @returns one array a channel.
 * @throws {EngineError} when libswresample refuses the rates or gives too few samples.
 */
export function resample(
  planes: readonly Float32Array[],
  sourceRate: number,
  outputRate: number,
  outputCount: number,
): Float32Array[] {
  const channels = planes.length;
  const layout = {
    nbChannels: channels,
    order: AV_CHANNEL_ORDER_NATIVE,
    mask: (1n << BigInt(channels)) - 1n,
  };
  const output = planes.map(() => new Float32Array(outputCount));
  const context = new SoftwareResampleContext();
  try {
    check(
      context.allocSetOpts2(layout, AV_SAMPLE_FMT_FLTP, outputRate, layout, AV_SAMPLE_FMT_FLTP, sourceRate),
      'Setting up the resampler',
    );
    check(context.setOption('exact_rational', 1), 'Setting up the resampler');
    check(context.init(), 'Starting the resampler');
    const made = context.convertSync(
      output.map(viewAsBuffer),
      outputCount,
      planes.map(viewAsBuffer),
      planes[0]?.length ?? 0,
    );
    if (check(made, 'Resampling') !== outputCount) {
      throw new EngineError(`The resampler made ${made} of ${outputCount} samples.`);
    }
  } finally {
    context.free();
  }
  return output;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
