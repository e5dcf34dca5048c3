import { openFullBox, readEntryCount, readUint32s, type BoxView } from '../box-view.js';

/** Composition offsets by runs of samples of equal offset. */
export interface CompositionOffsets {
  /** First sample of each run, counted from 0; one more at the end is their total number. */
  readonly firstSamples: Float64Array;
  /** Presentation time minus decode time of each run's samples, in ticks. */
  readonly offsets: Int32Array;
}

/**
 * Parses a CompositionOffsetBox. Offsets are signed in version 0 too: QuickTime writes them so, and none that is real is
 * above 2^31.
 * @throws {MalformedMediaError} when it is too small for its entries.
 * @see ISO/IEC 14496-12 - 8.6.1.3
 */
export function parseCtts(box: BoxView): CompositionOffsets {
  const { cursor } = openFullBox(box);
  const runs = readEntryCount(cursor, 8);
  const firstSamples = new Float64Array(runs + 1);
  const offsets = new Int32Array(runs);
  const fields = readUint32s(cursor, 2 * runs);
  let sample = 0;
  for (let run = 0; run < runs; run++) {
    sample += fields[2 * run]!;
    firstSamples[run + 1] = sample;
    // As signed ones.
    offsets[run] = fields[2 * run + 1]!;
  }
  return { firstSamples, offsets };
}
