import type { IndexEntry } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { SubtitleTrack } from '../../media/track.js';
import { ticksOf, type Instant } from '../../time/instant.js';
import { isShownIn, placeSample, type ShownSample, type TimeRange } from './shown-sample.js';

/** Reads the sample that an entry of an index points to; gives none where the index is wrong. */
export type ReadEntry = (entry: IndexEntry, signal: AbortSignal) => Promise<Sample | undefined>;

/** Samples that are read side by side. */
const SIDE_BY_SIDE = 8;

/** How far back a sample is looked for that is still shown, where the index does not say how long it is: 30 seconds. */
const LOOK_BACK_MS = 30_000;

/** What of a track an index leads to, and where it turned out to be wrong. */
export interface IndexedSamples {
  readonly samples: readonly ShownSample[];
  /** When the first sample appears that is not where the index says; what is from there on was not given. */
  readonly lostAtMs?: number;
}

/**
 * Reads the samples of a track that are shown in a range, each by itself where an index says that it stands.
 * @param entries - of the track, in order of time.
 * @returns in order of time, a few at a time.
 */
export async function* readIndexed(
  entries: readonly IndexEntry[],
  track: SubtitleTrack,
  origin: Instant,
  range: TimeRange,
  read: ReadEntry,
  signal: AbortSignal,
): AsyncGenerator<IndexedSamples, void, undefined> {
  const originNs = ticksOf(origin, 1e9);
  const startMsOf = (entry: IndexEntry): number => (entry.timeNs - originNs) / 1e6;
  const wanted = entries.filter((entry) => {
    const startMs = startMsOf(entry);
    const lastsMs = entry.durationNs === undefined ? LOOK_BACK_MS : entry.durationNs / 1e6;
    // A millisecond more, since times are rounded.
    return startMs < range.endMs + 1 && startMs + lastsMs + 1 > range.startMs;
  });
  for (let at = 0; at < wanted.length; at += SIDE_BY_SIDE) {
    signal.throwIfAborted();
    const some = wanted.slice(at, at + SIDE_BY_SIDE);
    const found = await Promise.all(some.map((entry) => read(entry, signal)));
    const lost = found.indexOf(undefined);
    const samples = found
      .slice(0, lost < 0 ? found.length : lost)
      .map((sample, n) => placeSample(sample!, track, origin, some[n]!.durationNs))
      .filter((sample) => isShownIn(sample, range));
    yield lost < 0 ? { samples } : { samples, lostAtMs: Math.floor(startMsOf(some[lost]!)) };
    if (lost >= 0) return;
  }
}
