import { InvariantError, LimitExceededError } from '../errors.js';
import type { MuxSample } from './mux-sample.js';

/** What the samples of one track in one fragment have in common, found in one pass over them. */
export interface RunSummary {
  /** Bytes of all samples. */
  readonly byteLength: number;
  /** The duration of every sample; undefined when they differ. */
  readonly duration: number | undefined;
  /** The size of every sample; undefined when they differ. */
  readonly size: number | undefined;
  /** The flags of every sample but, it may be, the first; undefined when others differ too. */
  readonly flags: number | undefined;
  /** The first sample's flags, where it alone has others. */
  readonly firstSampleFlags: number | undefined;
  /** Some composition offset is not zero. */
  readonly hasCompositionOffsets: boolean;
}

/**
 * Looks over a run of samples and checks that each number fits its field.
 * @param trackId - for error messages.
 * @param samples - at least one.
 * @throws {LimitExceededError} when a duration or composition offset is beyond 32 bits.
 * @throws {InvariantError} when one is not a whole number, or a duration is negative.
 */
export function summarizeRun(trackId: number, samples: readonly MuxSample[]): RunSummary {
  const first = samples[0]!;
  const second = samples[1] ?? first;
  let byteLength = 0;
  let sameDuration = true;
  let sameSize = true;
  let sameFlags = true;
  let hasCompositionOffsets = false;
  for (let i = 0; i < samples.length; i++) {
    const { duration, compositionOffset, flags, data } = samples[i]!;
    // Both comparisons fail for what is no 32-bit whole number, NaN included.
    if (duration >>> 0 !== duration) throw unfit('duration', duration, trackId, duration >= 0);
    if ((compositionOffset | 0) !== compositionOffset) {
      throw unfit('composition offset', compositionOffset, trackId, true);
    }
    byteLength += data.byteLength;
    if (duration !== first.duration) sameDuration = false;
    if (data.byteLength !== first.data.byteLength) sameSize = false;
    if (i > 1 && flags !== second.flags) sameFlags = false;
    if (compositionOffset !== 0) hasCompositionOffsets = true;
  }
  return {
    byteLength,
    duration: sameDuration ? first.duration : undefined,
    size: sameSize ? first.data.byteLength : undefined,
    flags: sameFlags ? second.flags : undefined,
    firstSampleFlags: sameFlags && first.flags !== second.flags ? first.flags : undefined,
    hasCompositionOffsets,
  };
}

function unfit(field: string, value: number, track: number, mayBeLarge: boolean): Error {
  const context = { track, spec: 'ISO/IEC 14496-12 - 8.8.8' };
  return mayBeLarge && Number.isInteger(value)
    ? new LimitExceededError(`A sample's ${field} of ${value} ticks does not fit 32 bits.`, { context })
    : new InvariantError(`A sample's ${field} is ${value}, which is no valid number of ticks.`, { context });
}
