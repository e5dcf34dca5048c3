import { fullBox, type Box } from '../box.js';

/**
 * MovieExtendsHeaderBox: duration of the movie with all its fragments.
 * @param fragmentDuration - ticks of the movie's timescale.
 * @see ISO/IEC 14496-12 - 8.8.2
 */
export function buildMehd(fragmentDuration: number): Box {
  return fullBox('mehd', 1, 0, 8, (writer) => writer.u64(fragmentDuration));
}
