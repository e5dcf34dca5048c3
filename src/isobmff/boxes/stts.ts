import { MAX_TIME } from '../times.js';
import { openFullBox, readEntryCount, readUint32s, type BoxView } from '../box-view.js';
import { fullBox, type Box } from '../box.js';

/**
 * TimeToSampleBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.6.1.2
 */
export function buildStts(): Box {
  return fullBox('stts', 0, 0, 4, (writer) => writer.zeros(4));
}

/** Decode times by runs of samples of equal duration. */
export interface TimeToSample {
  /** First sample of each run, counted from 0; one more at the end is their total number. */
  readonly firstSamples: Float64Array;
  /** Decode time of each run's first sample in ticks; one more at the end is where the last sample ends. */
  readonly firstTimes: Float64Array;
  /** Duration of each run's samples in ticks. */
  readonly deltas: Uint32Array;
}

/**
 * Parses a TimeToSampleBox. A duration of 2^31 ticks or more is a negative one, by which broken writers step back; it
 * counts as one tick.
 * @throws {MalformedMediaError} when it is too small for its entries, or its times pass 2^52.
 * @see ISO/IEC 14496-12 - 8.6.1.2
 */
export function parseStts(box: BoxView): TimeToSample {
  const { cursor } = openFullBox(box);
  const runs = readEntryCount(cursor, 8);
  const firstSamples = new Float64Array(runs + 1);
  const firstTimes = new Float64Array(runs + 1);
  const deltas = new Uint32Array(runs);
  const fields = readUint32s(cursor, 2 * runs);
  let time = 0;
  let sample = 0;
  for (let run = 0; run < runs; run++) {
    const count = fields[2 * run]!;
    const delta = fields[2 * run + 1]!;
    deltas[run] = delta >= 0x80000000 ? 1 : delta;
    sample += count;
    time += count * deltas[run]!;
    if (time > MAX_TIME) throw cursor.malformed('has times beyond 2^52 ticks');
    firstSamples[run + 1] = sample;
    firstTimes[run + 1] = time;
  }
  return { firstSamples, firstTimes, deltas };
}
