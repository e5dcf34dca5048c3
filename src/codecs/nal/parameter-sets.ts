import { isSameBytes } from '../../bytes/same-bytes.js';

/**
 * Joins lists of NAL units into one without repetitions, the first of equal ones kept.
 * @returns a new list of the same views.
 */
export function uniqueNalUnits(...lists: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  const unique: Uint8Array[] = [];
  for (const list of lists) {
    for (const nal of list) {
      if (!unique.some((known) => isSameBytes(known, nal))) unique.push(nal);
    }
  }
  return unique;
}

/** Whether every NAL unit of `units` is among `known`. */
export function areAllAmong(units: readonly Uint8Array[], known: readonly Uint8Array[]): boolean {
  return units.every((nal) => known.some((other) => isSameBytes(other, nal)));
}
