import { findIndexGaps, type IndexBounds } from '../../timeline/index-trust.js';
import type { Candidate } from './build-index-judge.js';

/**
 * Joins two lists of candidates into one, in order of time, with one for each time.
 * @param preferred - wins where both have one of the same time.
 * @param precisionNs - times that are no further apart are the same.
 */
export function mergeCandidates(
  preferred: readonly Candidate[],
  others: readonly Candidate[],
  precisionNs: number,
): Candidate[] {
  const ranked = [
    ...preferred.map((candidate) => ({ candidate, isPreferred: true })),
    ...others.map((candidate) => ({ candidate, isPreferred: false })),
  ];
  ranked.sort((a, b) => a.candidate.timeNs - b.candidate.timeNs);
  const merged: typeof ranked = [];
  for (const next of ranked) {
    const last = merged.at(-1);
    if (last === undefined || next.candidate.timeNs - last.candidate.timeNs > precisionNs) {
      merged.push(next);
      continue;
    }
    const [winner, loser] = next.isPreferred && !last.isPreferred ? [next, last] : [last, next];
    // What one has seen, both know.
    const { access } = winner.candidate.access === 'unseen' ? loser.candidate : winner.candidate;
    merged[merged.length - 1] = { ...winner, candidate: { ...winner.candidate, access } };
  }
  return merged.map(({ candidate }) => candidate);
}

/**
 * Leaves out pictures that the container calls keyframes, and that say nothing of the kind themselves, where enough others
 * do: some writers mark every picture.
 */
export function withoutFalseKeyframes(
  candidates: readonly Candidate[],
  bounds: IndexBounds,
  largestGapNs: number,
): readonly Candidate[] {
  const proven = candidates.filter(({ access }) => access !== 'none');
  const gapsOf = (list: readonly Candidate[]): number =>
    findIndexGaps(
      list.map(({ timeNs }) => timeNs),
      bounds,
      largestGapNs,
    ).length;
  return proven.length > 0 && gapsOf(proven) <= gapsOf(candidates) ? proven : candidates;
}
