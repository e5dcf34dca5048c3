import type { SubtitleTrack } from '../../media/track.js';
import { ticksOf } from '../../time/instant.js';
import type { SegmentContext } from '../segment/segment-track.js';
import { isShownIn, placeSample, type ShownSample, type TimeRange } from './shown-sample.js';

/**
 * Reads the samples of a track that are shown in a range, of a container that finds the samples of one track without
 * reading those of others. They follow each other without a gap: the one that is shown when the range begins is the first.
 * @returns in order of time, a few at a time.
 */
export async function* readTable(
  { demuxer, origin }: SegmentContext,
  track: SubtitleTrack,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<readonly ShownSample[], void, undefined> {
  const startNs = range.startMs * 1e6 + ticksOf(origin, 1e9);
  const trackIds = new Set([track.id]);
  const options = { trackIds, seekTrackId: track.id, signal, ...(range.startMs > 0 ? { startNs } : {}) };
  for await (const batch of demuxer.samples(options)) {
    const placed = batch.map((sample) => placeSample(sample, track, origin));
    const shown = placed.filter((sample) => isShownIn(sample, range));
    if (shown.length > 0) yield shown;
    if (placed.some(({ startMs }) => startMs >= range.endMs)) return;
  }
}
