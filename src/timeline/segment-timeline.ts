/** When the samples of one segment are decoded. One entry for each sample, in decode order. */
export interface SegmentTimes {
  /** Ticks to the next sample's decode time; for the last, to the segment's end. */
  readonly durations: readonly number[];
  /** Presentation time minus decode time; 0 or above. */
  readonly compositionOffsets: readonly number[];
}

/**
 * Finds where the decode clock of a segment begins: at the earliest presentation time of its first pictures. Pictures that
 * lead the first one are decoded after it and presented before it; each pushes the start one tick further ahead, so that
 * decode times can rise and still be no later than the presentation.
 * @param presentationTicks - of the first picture in decode order and of those that lead it, in decode order; the last
 * segment's neighbours see the same pictures, and so find the same start. At least one.
 */
export function segmentStartTicks(presentationTicks: readonly number[]): number {
  let start = presentationTicks[0]!;
  for (let i = 1; i < presentationTicks.length; i++) start = Math.min(start, presentationTicks[i]! - i);
  return start;
}

/**
 * Finds where the decode clock of a presentation begins. As a rule with the first picture, so that no picture seems to last
 * longer than it does: who derives a frame rate from durations would find a lower one. But where the video comes late, at
 * zero: there are players that take the first decode time of the video for the beginning of everything.
 * @param ticks - when the first picture is shown.
 * @param timescale - ticks a second.
 */
export function firstDecodeTicks(ticks: number, timescale: number): number {
  return ticks > timescale / 10 ? 0 : Math.max(0, ticks);
}

/**
 * Times the samples of one segment from their presentation times alone, so that it fills the time from its start to its
 * end to the tick. Decode times run behind presentation times by as many pictures as the segment's own order needs, as
 * docs/decisions/0001-decode-times.md has it; the first ones share the first picture's interval, and the last ones catch up, so
 * that no picture lasts beyond the end: neighbouring segments do not overlap in presentation either.
 *
 * Decode times rise by a tick at least, unless a segment has more samples than ticks. A presentation time that cannot be
 * (before the segment's start, or doubled where there is no room) is moved to the nearest that can.
 * @param presentationTicks - in decode order.
 * @param startTicks - decode time of the first sample: `tfdt`.
 * @param endTicks - where the next segment starts; after `startTicks`.
 * @see ISO/IEC 14496-12, section 8.6.1
 */
export function timeSegment(
  presentationTicks: readonly number[],
  startTicks: number,
  endTicks: number,
): SegmentTimes {
  const decodeTicks = decodeTimes(
    presentationTicks.map((ticks) => Math.max(ticks, startTicks)),
    startTicks,
    endTicks,
  );
  const durations = decodeTicks.map((ticks, i) => (decodeTicks[i + 1] ?? endTicks) - ticks);
  const compositionOffsets = decodeTicks.map((ticks, i) => Math.max(0, presentationTicks[i]! - ticks));
  return { durations, compositionOffsets };
}

function decodeTimes(presentationTicks: readonly number[], startTicks: number, endTicks: number): number[] {
  const count = presentationTicks.length;
  const lasts = endTicks - startTicks;
  if (lasts < count) {
    return presentationTicks.map((_, i) => startTicks + Math.floor((lasts * i) / count));
  }
  const ascending = Float64Array.from(presentationTicks).sort();
  const lagging = laggingTimes(presentationTicks, ascending, startTicks, endTicks);
  const times = latestTimes(presentationTicks, lagging, endTicks);
  // Too little is shown to fill the time with it: then all durations are about as long.
  if (times[0]! > startTicks) times.splice(0, count, ...lagging);
  // Where damaged times have left no room, later ones give way.
  times[0] = startTicks;
  for (let i = 1; i < count && times[i]! <= times[i - 1]!; i++) times[i] = times[i - 1]! + 1;
  return times;
}

/** Decode times that run behind the presentation from the start to the last sample. */
function laggingTimes(
  presentationTicks: readonly number[],
  ascending: Float64Array,
  startTicks: number,
  endTicks: number,
): number[] {
  const count = presentationTicks.length;
  const lasts = endTicks - startTicks;
  const depth = reorderDepth(presentationTicks, ascending);
  const second = ascending[1] ?? endTicks;
  const isLate = (ascending[0]! - startTicks) * count > lasts;
  const times = new Array<number>(count);
  let next = endTicks;
  for (let i = count - 1; i >= 0; i--) {
    let ticks =
      i > depth ? ascending[i - depth]! : startTicks + Math.floor(((second - startTicks) * i) / (depth + 1));
    // Before the first picture of a late track nothing is shown. The decode clock goes evenly all the same: one long
    // duration would be taken for a picture that is shown for so long.
    if (isLate) ticks = Math.min(ticks, startTicks + Math.floor((lasts * i) / count));
    next = times[i] = Math.min(ticks, presentationTicks[i]!, next - 1);
  }
  return times;
}

/**
 * Lets the last samples be decoded as much later as it takes that no picture lasts beyond the segment's end: for a player,
 * all is buffered up to the latest end of any picture.
 */
function latestTimes(
  presentationTicks: readonly number[],
  lagging: readonly number[],
  endTicks: number,
): number[] {
  const times = [...lagging];
  let [next, laggingNext] = [endTicks, endTicks];
  for (let i = times.length - 1; i >= 0; i--) {
    const presented = Math.min(presentationTicks[i]!, endTicks - 1);
    const room = endTicks - presented;
    const usual = laggingNext - lagging[i]!;
    const most = next > laggingNext ? Math.min(room, 2 * usual) : room;
    laggingNext = lagging[i]!;
    next = times[i] = Math.max(laggingNext, Math.min(presented, next - most));
  }
  return times;
}

/** The most samples that precede another in decode order and follow it in presentation order. */
function reorderDepth(presentationTicks: readonly number[], ascending: Float64Array): number {
  let depth = 0;
  for (let i = 0; i < presentationTicks.length; i++) {
    depth = Math.max(depth, i - lastPlaceOf(ascending, presentationTicks[i]!));
  }
  return depth;
}

/** Index of the last entry that is not above a value that is in the list. */
function lastPlaceOf(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
