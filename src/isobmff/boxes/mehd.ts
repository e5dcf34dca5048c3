import { fullBox, type Box } from '../box.js';
import { openFullBox, type BoxView } from '../box-view.js';

/**
 * MovieExtendsHeaderBox: duration of the movie with all its fragments.
 * @param fragmentDuration - ticks of the movie's timescale.
 * @see ISO/IEC 14496-12 - 8.8.2
 */
export function buildMehd(fragmentDuration: number): Box {
  return fullBox('mehd', 1, 0, 8, (writer) => writer.u64(fragmentDuration));
}

/**
 * Parses a MovieExtendsHeaderBox.
 * @returns duration of the movie with all its fragments, in ticks of the movie's timescale.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.8.2
 */
export function parseMehd(box: BoxView): number {
  const { version, cursor } = openFullBox(box);
  return version === 1 ? cursor.u64() : cursor.u32();
}
