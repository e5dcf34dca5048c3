import type { VideoTrack } from '../media/track.js';

/** Pictures a second, where nothing says how long one is shown. */
const USUAL_RATE = 25;

/**
 * For how long a picture is shown that is the only one of its track, so that no other ends it.
 * @param track - the track.
 * @param duration - the sample's own duration in ticks of the track, where it states one.
 * @returns ticks of the track.
 */
export function lonePictureTicks(
  { timescale, defaultDuration }: Pick<VideoTrack, 'timescale' | 'defaultDuration'>,
  duration: number | undefined,
): number {
  return duration ?? defaultDuration ?? timescale / USUAL_RATE;
}
