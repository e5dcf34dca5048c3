import type { InspectVideoSample, VideoSampleTraits } from '../codecs/configuration.js';
import { LimitExceededError, MalformedMediaError } from '../errors.js';

/**
 * Reads what a video sample is.
 * @returns undefined for a sample that holds no picture, or whose structure is broken: a decoder could make nothing of it.
 */
export function inspectPicture(inspect: InspectVideoSample, data: Uint8Array): VideoSampleTraits | undefined {
  try {
    const traits = inspect(data);
    return traits.hasPicture ? traits : undefined;
  } catch (error) {
    if (error instanceof MalformedMediaError || error instanceof LimitExceededError) return undefined;
    throw error;
  }
}
