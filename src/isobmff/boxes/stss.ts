import { openFullBox, readEntryCount, readUint32s, type BoxView } from '../box-view.js';

/**
 * Parses a SyncSampleBox, or QuickTime's `stps`, which is of the same form.
 * @returns numbers of samples, counted from 1, in rising order.
 * @throws {MalformedMediaError} when it is too small for its entries.
 * @see ISO/IEC 14496-12 - 8.6.2; QuickTime File Format, "Partial sync sample atom"
 */
export function parseStss(box: BoxView): Uint32Array {
  const { cursor } = openFullBox(box);
  return readUint32s(cursor, readEntryCount(cursor, 4)).sort();
}
