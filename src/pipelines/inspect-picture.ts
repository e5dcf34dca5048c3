import type { InspectVideoSample, VideoSampleTraits } from '../codecs/configuration.js';
import { createVideoInspector } from '../codecs/video.js';
import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import type { VideoTrack } from '../media/track.js';

/** Tells what a sample is; undefined when it holds no picture. */
export type InspectSample = (sample: Sample) => VideoSampleTraits | undefined;

/**
 * Makes the inspector of a track's samples, of any codec: where they cannot be looked into, the container's word counts.
 * @throws {MalformedMediaError | LimitExceededError} when the private data break the codec's rules.
 */
export function createSampleInspector(track: VideoTrack): InspectSample {
  const inspect = createInspector(track);
  if (inspect === undefined) return ({ isSync }) => statedTraits(isSync);
  return ({ data }) => inspectPicture(inspect, data);
}

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

function createInspector(track: VideoTrack): InspectVideoSample | undefined {
  try {
    return createVideoInspector(track);
  } catch (error) {
    if (error instanceof UnsupportedMediaError) return undefined;
    throw error;
  }
}

function statedTraits(isSync: boolean): VideoSampleTraits {
  return {
    hasPicture: true,
    randomAccess: isSync ? 'recovery' : 'none',
    leading: 'none',
    isDisposable: false,
    hasParameterSets: false,
  };
}
