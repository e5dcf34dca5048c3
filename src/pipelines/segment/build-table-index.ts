import { MalformedMediaError } from '../../errors.js';
import type { Mp4Demuxer } from '../../isobmff/reader/demuxer.js';
import type { IndexEntry, Keyframe, MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import { thinOut } from '../../timeline/index-trust.js';
import { KeyframeJudge, type Candidate } from './build-index-judge.js';

/** Options of {@link buildTableIndex}. */
export interface TableIndexOptions {
  /** The video track's first sample. */
  readonly firstSample: Sample;
  /** `all`: reads are cheap, so that every sync sample is looked at; `some`: a read costs a request. */
  readonly verify: 'all' | 'some';
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** More entries than this are thinned out to one in half a second. */
const mostEntries = 20_000;
const leastApartNs = 500_000_000;
/** Enough of a sample to see its first slice, behind parameter sets and messages. */
const headBytes = 4096;
/** Reads side by side. */
const concurrency = 8;

/**
 * Builds the index of a video track from the tables of an MP4 file, which say where every sample is. What they cannot say
 * is whether a player can begin at a sync sample: of H.264 that are looked at, where reading is cheap.
 * @param demuxer - of the source.
 * @param source - what it reads.
 * @param track - a video track of the demuxer.
 * @throws {MalformedMediaError} when the track has no sync sample at all.
 */
export async function buildTableIndex(
  demuxer: Mp4Demuxer,
  source: Source,
  track: VideoTrack,
  { firstSample, verify, signal }: TableIndexOptions,
): Promise<MediaIndex> {
  const trackEndsNs = await demuxer.readTrackEnds({ signal });
  const listed = await demuxer.readKeyframes(track.id, { signal });
  const entries = thinOut(withoutDoubles(listed), mostEntries, leastApartNs);
  if (entries.length === 0) {
    throw new MalformedMediaError('The video track has no picture that decoding can begin at.', {
      context: { track: track.id },
    });
  }
  const judge = new KeyframeJudge(track, firstSample.data);
  const isSeen = verify === 'all' && !demuxer.isFragmented && judge.canJudge && !judge.trustsContainer;
  const candidates = isSeen
    ? await lookAt(source, entries, judge, signal)
    : entries.map(({ timeNs, offset }): Candidate => ({ timeNs, offset, access: 'unseen' }));
  const keyframes = candidates.map((candidate): Keyframe => {
    const { timeNs, offset } = candidate;
    return { timeNs, offset, isStartable: judge.isStartable(candidate) };
  });
  return { trackId: track.id, origin: 'cues', keyframes, trackEndsNs, faults: [] };
}

function withoutDoubles(entries: readonly IndexEntry[]): IndexEntry[] {
  return entries.filter(({ timeNs }, i) => i === 0 || timeNs > entries[i - 1]!.timeNs);
}

async function lookAt(
  source: Source,
  entries: readonly IndexEntry[],
  judge: KeyframeJudge,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const candidates = new Array<Candidate>(entries.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < entries.length; i = next++) {
      const { timeNs, offset } = entries[i]!;
      const head = await source.read(offset, headBytes, { signal });
      candidates[i] = { timeNs, offset, access: judge.judge(head) ?? 'none' };
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return candidates;
}
