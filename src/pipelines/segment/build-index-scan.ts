import { checkLimit } from '../../bytes/limits.js';
import type { MatroskaDemuxer } from '../../matroska/demuxer.js';
import type { Candidate, KeyframeJudge } from './build-index-judge.js';

/** A run of bytes, from the Cluster at `start` to that at `end`, which is not part of it. */
export interface ByteSpan {
  /** Offset of a Cluster. */
  readonly start: number;
  /** Offset behind it; Infinity for the end of the source. */
  readonly end: number;
}

/** Keyframes of one source that are remembered. */
const MOST_CANDIDATES = 2_000_000;

/**
 * Reads a part of a source for its keyframes.
 * @throws {SourceError} when the source cannot be read.
 * @throws {LimitExceededError} when there are absurdly many.
 */
export async function scanSpan(
  demuxer: MatroskaDemuxer,
  trackId: number,
  span: ByteSpan,
  judge: KeyframeJudge,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const options = { startOffset: span.start, endOffset: span.end, signal };
  for await (const found of demuxer.scanSyncSamples(trackId, options)) {
    for (const { sample, clusterOffset } of found) {
      const access = judge.judge(sample.data);
      if (access === undefined) continue;
      checkLimit('number of keyframes', candidates.length + 1, MOST_CANDIDATES, { track: trackId });
      candidates.push({ timeNs: sample.presentationTime, offset: clusterOffset, access });
    }
  }
  return candidates;
}

/** Joins spans that overlap, so that nothing is read twice. */
export function joinSpans(spans: readonly ByteSpan[]): ByteSpan[] {
  const joined: ByteSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || span.start >= last.end) joined.push(span);
    else joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return joined.filter(({ start, end }) => end > start);
}
