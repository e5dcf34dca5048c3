import { createFrameDuration } from '../../codecs/frame-duration.js';
import type { Track } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import type { PlannedSample } from './planned-samples.js';

/**
 * Tells how much of a track's last frame of sound its encoder added: a frame decodes to as much as its codec makes of it, and the
 * last one is stated to last no longer than the sound that went in. No edit list need say it as well.
 * @param sample - the last one of its track, with its bytes.
 * @param track - its track.
 * @returns ticks; 0 where nothing was added, or where only decoding can tell.
 * @see Encapsulation of Opus in ISO Base Media File Format, section 4.4; ISO/IEC 14496-12 - 8.6.1.2
 */
export function addedToLastSound({ data, duration }: PlannedSample, track: Track): number {
  if (track.type !== 'audio' || duration === undefined) return 0;
  // Where all frames are stated to be shorter than they are, the last one says nothing of its own.
  if (track.defaultDuration !== undefined && duration >= track.defaultDuration) return 0;
  const measure = createFrameDuration(track, data);
  const samples = measure(data);
  if (samples === undefined) return 0;
  const added = rescale(samples, measure.rate, track.timescale) - duration;
  // What is less than two ticks is rounding, where ticks are longer than samples.
  return added > (track.timescale < measure.rate ? 1 : 0) ? added : 0;
}
