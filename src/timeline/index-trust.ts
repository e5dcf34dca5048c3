/** An entry of an index, as far as it is tested here. */
export interface TimedPlace {
  /** Presentation time in nanoseconds on the source's own timeline. */
  readonly timeNs: number;
  /** Byte offset in the source. */
  readonly offset: number;
}

/** Within what the entries of an index must lie. */
export interface IndexBounds {
  /** Time of the track's first sample, in nanoseconds. */
  readonly startNs: number;
  /** Where the track's last sample ends; Infinity when it is not known. */
  readonly endNs: number;
  /** Offset of the first Cluster. */
  readonly firstOffset: number;
  /** Size of the source; Infinity when it is not known. */
  readonly endOffset: number;
  /** How far a time may be off by rounding, in nanoseconds. */
  readonly precisionNs: number;
}

/** A stretch of time without an entry. */
export interface IndexGap {
  /** Which entry it follows; -1 for the stretch before the first. */
  readonly after: number;
  /** Where it begins, in nanoseconds. */
  readonly fromNs: number;
  /** Where it ends. */
  readonly toNs: number;
}

/** An index may leave this long without an entry whatever the target is: half a minute. */
const LEAST_ALLOWED_GAP_NS = 30_000_000_000;
/** Or this many segments. */
const ALLOWED_GAP_SEGMENTS = 4;

/** The longest time between two entries of an index that is dense enough, in nanoseconds. */
export function largestAllowedGapNs(targetMs: number): number {
  return Math.max(ALLOWED_GAP_SEGMENTS * targetMs * 1_000_000, LEAST_ALLOWED_GAP_NS);
}

/**
 * Picks the entries that lie within the source and within the track's time, one for each time.
 * @param entries - in order of time.
 * @returns the others in the same order; of several with one time, that which stands first in the source.
 */
export function selectWithinBounds<T extends TimedPlace>(entries: readonly T[], bounds: IndexBounds): T[] {
  const { startNs, endNs, firstOffset, endOffset, precisionNs } = bounds;
  const within: T[] = [];
  for (const entry of entries) {
    const { timeNs, offset } = entry;
    if (timeNs < startNs - precisionNs || timeNs > endNs + precisionNs) continue;
    if (offset < firstOffset || offset >= endOffset) continue;
    const last = within.at(-1);
    if (last?.timeNs !== timeNs) within.push(entry);
    else if (offset < last.offset) within[within.length - 1] = entry;
  }
  return within;
}

/**
 * Picks the most entries whose offsets do not fall while their times rise: random access points are stored in the order in
 * which they are shown, so that an entry that breaks the order points to a wrong place.
 * @param entries - in order of time.
 */
export function selectInStoredOrder<T extends TimedPlace>(entries: readonly T[]): T[] {
  // The longest subsequence that does not fall: `ends[n]` is the entry with the least offset that ends one of n + 1.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [i, { offset }] of entries.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entries[ends[middle]!]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : ends[low - 1]!);
    ends[low] = i;
  }
  const picked: T[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) picked.push(entries[i]!);
  return picked.reverse();
}

/**
 * Finds where an index is too sparse to be believed, its beginning and its end included.
 * @param timesNs - of its entries, rising.
 * @param bounds - of the track; where its end is not known, nothing is said of the end.
 * @param largestNs - the longest time without an entry that is allowed.
 */
export function findIndexGaps(
  timesNs: readonly number[],
  bounds: Pick<IndexBounds, 'startNs' | 'endNs'>,
  largestNs: number,
): IndexGap[] {
  const gaps: IndexGap[] = [];
  let fromNs = bounds.startNs;
  for (let i = 0; i <= timesNs.length; i++) {
    const toNs = timesNs[i] ?? bounds.endNs;
    if (toNs - fromNs > largestNs && Number.isFinite(toNs)) gaps.push({ after: i - 1, fromNs, toNs });
    fromNs = toNs;
  }
  return gaps;
}

/**
 * Thins entries out to no more than one in a stretch of time, when there are very many of them: a track of random access
 * points alone has thousands that no segment will ever begin at.
 * @param entries - in order of time.
 * @param most - up to so many are left as they are.
 * @param apartNs - how far apart the entries that remain are at least, the first of all among them.
 */
export function thinOut<T extends TimedPlace>(entries: readonly T[], most: number, apartNs: number): T[] {
  if (entries.length <= most) return [...entries];
  const kept: T[] = [];
  for (const entry of entries) {
    const last = kept.at(-1);
    if (last === undefined || entry.timeNs - last.timeNs >= apartNs) kept.push(entry);
  }
  return kept;
}
