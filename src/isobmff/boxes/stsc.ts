import { openFullBox, readEntryCount, type BoxView } from '../box-view.js';
import { fullBox, type Box } from '../box.js';

/**
 * SampleToChunkBox, empty: the samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.7.4
 */
export function buildStsc(): Box {
  return fullBox('stsc', 0, 0, 4, (writer) => writer.zeros(4));
}

/** How samples are grouped to chunks, by runs of chunks that are alike. */
export interface SampleToChunk {
  /** First chunk of each run, counted from 0; rising. */
  readonly firstChunks: Uint32Array;
  /** Samples in each chunk of a run. */
  readonly samplesPerChunk: Uint32Array;
  /** Sample entry of a run's samples, counted from 1. */
  readonly descriptionIndices: Uint32Array;
}

/**
 * Parses a SampleToChunkBox. A run that does not begin after the one before it is left out.
 * @throws {MalformedMediaError} when it is too small for its entries.
 * @see ISO/IEC 14496-12 - 8.7.4
 */
export function parseStsc(box: BoxView): SampleToChunk {
  const { cursor } = openFullBox(box);
  const count = readEntryCount(cursor, 12);
  const firstChunks = new Uint32Array(count);
  const samplesPerChunk = new Uint32Array(count);
  const descriptionIndices = new Uint32Array(count);
  let runs = 0;
  for (let i = 0; i < count; i++) {
    const first = cursor.u32();
    const samples = cursor.u32();
    const description = cursor.u32();
    // What comes before the first run that is stated has to belong to some run.
    if (runs > 0 && first - 1 <= firstChunks[runs - 1]!) continue;
    firstChunks[runs] = runs === 0 ? 0 : first - 1;
    samplesPerChunk[runs] = samples;
    descriptionIndices[runs++] = description;
  }
  return {
    firstChunks: firstChunks.subarray(0, runs),
    samplesPerChunk: samplesPerChunk.subarray(0, runs),
    descriptionIndices: descriptionIndices.subarray(0, runs),
  };
}
