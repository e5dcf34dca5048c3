import { PresentationRestorer } from '../codecs/restore-presentation.js';
import type { Sample } from '../media/sample.js';
import type { ClusterReader } from './cluster-reader.js';
import type { QueueReader } from './queue-reader.js';
import type { MatroskaTrack } from './tracks.js';

/** Batches of samples in stored order, none empty. */
export type SampleBatches = AsyncGenerator<readonly Sample[], void, undefined>;

/**
 * Reads Clusters to their end: all samples of what was read at once, before more is read.
 * @param clusters - works on the queue of `reader`, which stays the caller's to close.
 * @throws {SourceError} when the source cannot be read.
 */
export async function* readSampleBatches(reader: QueueReader, clusters: ClusterReader): SampleBatches {
  for (;;) {
    const batch: Sample[] = [];
    const state = clusters.read(batch);
    if (batch.length > 0) yield batch;
    if (state === 'done') return;
    if (state === 'full' || (await reader.fill())) continue;
    const rest: Sample[] = [];
    clusters.finish(rest);
    if (rest.length > 0) yield rest;
    return;
  }
}

/**
 * Gives the pictures of tracks that store decode times alone the times at which they are shown.
 * @returns the batches themselves where there is no such track.
 */
export function restoreBatches(batches: SampleBatches, tracks: Iterable<MatroskaTrack>): SampleBatches {
  const timedByDecoding = [...tracks].filter(({ hasDecodeTimes }) => hasDecodeTimes);
  if (timedByDecoding.length === 0) return batches;
  return restored(batches, new PresentationRestorer(timedByDecoding));
}

async function* restored(
  batches: SampleBatches,
  restorer: PresentationRestorer<{ readonly sample: Sample }>,
): SampleBatches {
  for await (const batch of batches) {
    const known = restorer.push(batch.map((sample) => ({ sample })));
    if (known.length > 0) yield known.map(({ sample }) => sample);
  }
  const rest = restorer.finish();
  if (rest.length > 0) yield rest.map(({ sample }) => sample);
}
