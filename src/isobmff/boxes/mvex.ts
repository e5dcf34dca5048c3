import { containerBox, type Box } from '../box.js';

/**
 * MovieExtendsBox: says that fragments follow, and how long they are together where that is known.
 * @see ISO/IEC 14496-12 - 8.8.1
 */
export function buildMvex(mehd: Box | undefined, trexes: readonly Box[]): Box {
  return containerBox('mvex', [mehd, ...trexes]);
}
