import { fullBox, type Box } from '../box.js';
import { MAX_TIME } from '../times.js';
import { openFullBox, type BoxView } from '../box-view.js';

/**
 * TrackFragmentBaseMediaDecodeTimeBox, with 64 bits: at 90 kHz, 32 bits overflow after 13 hours.
 * @param baseMediaDecodeTime - decode time of the fragment's first sample, ticks on the whole stream's timeline.
 * @see ISO/IEC 14496-12 - 8.8.12
 */
export function buildTfdt(baseMediaDecodeTime: number): Box {
  return fullBox('tfdt', 1, 0, 8, (writer) => writer.u64(baseMediaDecodeTime));
}

/**
 * Parses a TrackFragmentBaseMediaDecodeTimeBox.
 * @returns decode time of the fragment's first sample, in ticks of the track.
 * @throws {MalformedMediaError} when it is cut off, or the time is not believable.
 * @see ISO/IEC 14496-12 - 8.8.12
 */
export function parseTfdt(box: BoxView): number {
  const { version, cursor } = openFullBox(box);
  const time = version === 1 ? cursor.u64() : cursor.u32();
  if (time > MAX_TIME) throw cursor.malformed('has a time beyond 2^52 ticks');
  return time;
}
