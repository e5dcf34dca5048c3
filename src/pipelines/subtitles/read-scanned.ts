import type { SampleOptions } from '../../media/demuxer.js';
import type { SubtitleTrack, Track } from '../../media/track.js';
import { ticksOf } from '../../time/instant.js';
import { rescale } from '../../time/rescale.js';
import type { SegmentContext } from '../segment/segment-track.js';
import { isShownIn, placeSample, type ShownSample, type TimeRange } from './shown-sample.js';

/** How far back what is still shown is looked for: few subtitles stay for longer. */
const LOOK_BACK_MS = 10_000;

/** How much later than its time a sample may be stored, behind the pictures of a later one. */
const LATE_MS = 1000;

/**
 * Reads the samples of a track that are shown in a range out of all that is stored there, where no index leads to them: from
 * a little before the range to a little behind it, by the clock of another track, whose samples never stay away for long.
 * @returns in order of time, a few at a time.
 */
export async function* readScanned(
  context: SegmentContext,
  track: SubtitleTrack,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<readonly ShownSample[], void, undefined> {
  const { demuxer, origin } = context;
  const clock = clockOf(context);
  const where = rangeOf(context, range, clock);
  const trackIds = new Set([track.id, ...(clock === undefined ? [] : [clock.id])]);
  let waiting: ShownSample[] = [];
  let nowMs = -Infinity;
  for await (const batch of demuxer.samples({ ...where, trackIds, signal })) {
    let isPast = false;
    for (const sample of batch) {
      if (sample.trackId === track.id) {
        const placed = placeSample(sample, track, origin);
        if (isShownIn(placed, range)) waiting.push(copyOf(placed));
      } else if (clock !== undefined) {
        const ticks = sample.presentationTime - ticksOf(origin, clock.timescale);
        nowMs = Math.max(nowMs, rescale(ticks, clock.timescale, 1000));
        isPast ||= sample.offset >= (where.endOffset ?? 0) && nowMs >= range.endMs + LATE_MS;
      }
    }
    const [ripe, rest] = takeBefore(waiting, nowMs - LATE_MS);
    waiting = rest;
    if (ripe.length > 0) yield ripe;
    if (isPast) break;
  }
  const [all] = takeBefore(waiting, Infinity);
  if (all.length > 0) yield all;
}

/** The track by whose samples it is known how far reading has come. */
function clockOf({ index, demuxer }: SegmentContext): Track | undefined {
  const { tracks } = demuxer.info;
  return tracks.find(({ id }) => id === index?.trackId) ?? tracks.find(({ type }) => type === 'audio');
}

/** Where reading begins, and where it probably ends. */
function rangeOf(
  { index, demuxer, origin }: SegmentContext,
  { startMs, endMs }: TimeRange,
  clock: Track | undefined,
): Pick<SampleOptions, 'startNs' | 'seekTrackId' | 'startOffset' | 'endOffset'> {
  const originNs = ticksOf(origin, 1e9);
  const fromNs = (startMs - LOOK_BACK_MS) * 1e6 + originNs;
  if (index === undefined || demuxer.findsByTime === true) {
    return startMs <= LOOK_BACK_MS ? {} : { startNs: fromNs, seekTrackId: clock?.id };
  }
  const first = index.keyframes.findLast(({ timeNs }) => timeNs <= fromNs);
  const behind = index.keyframes.find(({ timeNs }) => timeNs >= endMs * 1e6 + originNs);
  return { startOffset: first?.offset ?? demuxer.firstClusterOffset, endOffset: behind?.offset };
}

/** What waits must not keep alive what was read around it. */
function copyOf(sample: ShownSample): ShownSample {
  return { ...sample, data: sample.data.slice(), addition: sample.addition?.slice() };
}

function takeBefore(samples: ShownSample[], timeMs: number): [ShownSample[], ShownSample[]] {
  if (!samples.some(({ startMs }) => startMs < timeMs)) return [[], samples];
  const taken = samples.filter(({ startMs }) => startMs < timeMs).sort((a, b) => a.startMs - b.startMs);
  return [taken, samples.filter(({ startMs }) => startMs >= timeMs)];
}
