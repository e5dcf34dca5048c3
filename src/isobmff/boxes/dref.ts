import { fullBox, type Box } from '../box.js';

/**
 * DataReferenceBox: where the samples are.
 * @see ISO/IEC 14496-12 - 8.7.2
 */
export function buildDref(entries: readonly Box[]): Box {
  return fullBox('dref', 0, 0, 4, (writer) => writer.u32(entries.length), entries);
}
