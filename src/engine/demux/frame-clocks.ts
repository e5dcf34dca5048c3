import { AdtsClock } from '../../codecs/aac/adts-clock.js';
import type { StreamTrack } from './describe-tracks.js';

/** Containers that are nothing but ADTS frames: libavformat times all of them by the sampling frequency of the first. */
const BARE_ADTS: ReadonlySet<string> = new Set(['aac']);

/** Gives tracks whose frames alone tell how long they last a clock that goes by that. */
export function withFrameClocks(tracks: readonly StreamTrack[], container: string): readonly StreamTrack[] {
  if (!BARE_ADTS.has(container)) return tracks;
  return tracks.map((one) => ({ ...one, clock: new AdtsClock(one.track.timescale / one.ticksPerUnit) }));
}
