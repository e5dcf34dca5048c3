import type { KeyframeProbe } from '../../matroska/keyframe-probe.js';
import type { MatroskaDemuxer } from '../../matroska/demuxer.js';
import type { IndexEntry } from '../../media/media-index.js';
import type { Candidate, KeyframeJudge } from './build-index-judge.js';

/** What became of an entry: a candidate; `dropped`, when its time is no keyframe's; `misplaced`, when it points elsewhere. */
export type ProbedEntry = Candidate | 'dropped' | 'misplaced';

/** Probes under way at one time: more do not come faster from a disk. */
const CONCURRENCY = 8;
/** Where a stream says that all its keyframes are startable, so many that agree are enough. */
const SPOT_CHECKS = 16;
/** Bytes of a sample that are looked at, until its picture is seen. */
const HEAD_BYTES = [1024, 64 << 10, 4 << 20];
/** A keyframe of the entry's Cluster that is so near in time is what the entry means: its time was rounded otherwise. */
const NEAR_NS = 500_000_000;

/**
 * Looks where the entries of an index point to: at all of them, or at some where the stream itself says that its keyframes
 * are alike and those prove it.
 * @param entries - in order of time.
 * @returns what became of each, in the same order.
 * @throws {SourceError} when the source cannot be read.
 */
export async function probeEntries(
  demuxer: MatroskaDemuxer,
  entries: readonly IndexEntry[],
  judge: KeyframeJudge,
  signal: AbortSignal | undefined,
): Promise<ProbedEntry[]> {
  const probed = new Array<ProbedEntry | undefined>(entries.length).fill(undefined);
  const probeAll = async (indexes: readonly number[]): Promise<void> => {
    const waiting = indexes.values();
    const work = async (): Promise<void> => {
      for (const i of waiting) probed[i] = await probeEntry(demuxer, entries[i]!, judge, signal);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  };
  const all = [...entries.keys()];
  if (judge.trustsContainer) {
    const step = Math.max(1, (entries.length - 1) / (SPOT_CHECKS - 1));
    const some = [
      ...new Set(all.slice(0, SPOT_CHECKS).map((i) => Math.min(Math.round(i * step), entries.length - 1))),
    ];
    await probeAll(some);
    if (some.every((i) => isAsStated(probed[i], entries[i]!))) {
      return entries.map(({ timeNs, offset }, i) => probed[i] ?? { timeNs, offset, access: 'unseen' });
    }
  }
  await probeAll(all.filter((i) => probed[i] === undefined));
  return probed.map((result) => result ?? 'misplaced');
}

function isAsStated(probed: ProbedEntry | undefined, entry: IndexEntry): boolean {
  return typeof probed === 'object' && probed.timeNs === entry.timeNs && probed.access === 'start';
}

async function probeEntry(
  demuxer: MatroskaDemuxer,
  entry: IndexEntry,
  judge: KeyframeJudge,
  signal: AbortSignal | undefined,
): Promise<ProbedEntry> {
  for (const headBytes of HEAD_BYTES) {
    const probe = await demuxer.probeKeyframe(entry, { headBytes, signal });
    if (!isMeant(probe, entry)) return probe.kind === 'dependent' ? 'dropped' : 'misplaced';
    const access = judge.judge(probe.sample.data);
    if (access !== undefined) return { timeNs: probe.sample.presentationTime, offset: entry.offset, access };
    if (!probe.isCut) break;
  }
  return 'dropped';
}

function isMeant(
  probe: KeyframeProbe,
  entry: IndexEntry,
): probe is Extract<KeyframeProbe, { readonly kind: 'found' | 'other' }> {
  if (probe.kind === 'found') return true;
  return probe.kind === 'other' && Math.abs(probe.sample.presentationTime - entry.timeNs) <= NEAR_NS;
}
