import { setImmediate as nextTurn } from 'node:timers/promises';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import type { MatroskaDemuxer } from '../../matroska/demuxer.js';
import type { IndexEntry, MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { ReadOptions, Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import {
  findIndexGaps,
  type IndexBounds,
  type IndexGap,
  largestAllowedGapNs,
  selectInStoredOrder,
  selectWithinBounds,
  thinOut,
} from '../../timeline/index-trust.js';
import { mergeCandidates, withoutFalseKeyframes } from './build-index-candidates.js';
import { type Candidate, KeyframeJudge } from './build-index-judge.js';
import { probeEntries } from './build-index-probe.js';
import { type ByteSpan, joinSpans, scanSpan } from './build-index-scan.js';

/** Options of {@link buildIndex}. */
export interface BuildIndexOptions extends ReadOptions {
  /** The video track's first sample in stored order. */
  readonly firstSample: Sample;
  /** Length of a segment that is aimed at, in milliseconds; 6000 by default. */
  readonly targetMs?: number | undefined;
  /**
   * `all`: reads are cheap, so that every entry is looked up, and what is missing is scanned whatever its size. `some`: a
   * read costs a request; the index is tested by what was read anyway.
   */
  readonly verify: 'all' | 'some';
  /** Bytes that may be scanned with `verify: 'some'`; all by default. */
  readonly scanBytes?: number | undefined;
}

const DEFAULT_TARGET_MS = 6000;
/** More entries than this are thinned out to one in half a second. */
const MOST_ENTRIES = 20_000;
const LEAST_APART_NS = 500_000_000;
/** A stretch without an entry that cannot be scanned makes segments as long as it is; this is too long to be fetched. */
const LONGEST_UNSCANNED_NS = 300_000_000_000;

/**
 * Builds the index of a video track: from its Cues where they pass the tests, repaired by scanning where they do not, and
 * by a scan of the whole source where there are none.
 * @param demuxer - of the source.
 * @param source - seekable; the demuxer's own, or what it reads through.
 * @param track - a video track of the demuxer.
 * @throws {UnsupportedMediaError} when the source has no usable index and cannot be scanned.
 * @throws {MalformedMediaError} when the track has no keyframe at all.
 * @throws {SourceError} when the source cannot be read.
 */
export async function buildIndex(
  demuxer: MatroskaDemuxer,
  source: Source,
  track: VideoTrack,
  options: BuildIndexOptions,
): Promise<MediaIndex> {
  return new IndexBuilder(demuxer, source, track, options).build();
}

class IndexBuilder {
  readonly #demuxer: MatroskaDemuxer;
  readonly #source: Source;
  readonly #track: VideoTrack;
  readonly #options: BuildIndexOptions;
  readonly #judge: KeyframeJudge;
  readonly #largestGapNs: number;
  readonly #faults: string[] = [];
  #budget: number;
  /** Something was too large to be scanned. */
  #unscanned = false;

  constructor(demuxer: MatroskaDemuxer, source: Source, track: VideoTrack, options: BuildIndexOptions) {
    this.#demuxer = demuxer;
    this.#source = source;
    this.#track = track;
    this.#options = options;
    this.#judge = new KeyframeJudge(track, options.firstSample.data);
    this.#largestGapNs = largestAllowedGapNs(options.targetMs ?? DEFAULT_TARGET_MS);
    this.#budget = options.verify === 'all' ? Infinity : (options.scanBytes ?? Infinity);
  }

  async build(): Promise<MediaIndex> {
    const { signal } = this.#options;
    // The end is read before the Cues: where they stand there, that one read brings both.
    const trackEndsNs = await this.#demuxer.readTrackEnds({ signal });
    const cues = (await this.#demuxer.readCues(this.#track.id, { signal })) ?? [];
    const bounds = this.#bounds(trackEndsNs);
    const believed = this.#selectBelievable(cues, bounds);
    const { candidates, origin } =
      believed.length === 0
        ? { candidates: await this.#scanAll(cues.length > 0), origin: 'scan' as const }
        : await this.#testAndRepair(believed, bounds);
    await nextTurn();
    const keyframes = withoutFalseKeyframes(candidates, bounds, this.#largestGapNs);
    if (keyframes.length === 0) {
      throw new MalformedMediaError('The video track has no picture that decoding can begin at.', {
        context: { track: this.#track.id },
      });
    }
    return {
      trackId: this.#track.id,
      origin,
      keyframes: keyframes.map((candidate) => ({
        timeNs: candidate.timeNs,
        offset: candidate.offset,
        isStartable: this.#judge.isStartable(candidate),
      })),
      trackEndsNs,
      faults: this.#faults,
    };
  }

  #bounds(trackEndsNs: ReadonlyMap<number, number>): IndexBounds {
    const { info, firstClusterOffset } = this.#demuxer;
    return {
      startNs: this.#options.firstSample.presentationTime,
      endNs: trackEndsNs.get(this.#track.id) ?? info.durationNs ?? Infinity,
      firstOffset: firstClusterOffset,
      endOffset: this.#source.size ?? Infinity,
      precisionNs: this.#track.timePrecision,
    };
  }

  #selectBelievable(cues: readonly IndexEntry[], bounds: IndexBounds): IndexEntry[] {
    const within = selectWithinBounds(cues, bounds);
    const times = new Set(cues.map(({ timeNs }) => timeNs)).size;
    this.#report(
      times - within.length,
      'lies outside of the file or of its duration',
      'lie outside of the file or of its duration',
    );
    const thinned = thinOut(within, MOST_ENTRIES, LEAST_APART_NS);
    // Where every entry is looked up, what is wrong with one is found out and put right there.
    if (this.#options.verify === 'all') return thinned;
    const ordered = selectInStoredOrder(thinned);
    this.#report(thinned.length - ordered.length, 'is out of order', 'are out of order');
    return ordered;
  }

  async #testAndRepair(
    entries: readonly IndexEntry[],
    bounds: IndexBounds,
  ): Promise<{ candidates: Candidate[]; origin: 'cues' | 'repaired' }> {
    const { candidates: probed, spans } = await this.#probe(entries, bounds);
    const first = this.#firstCandidate();
    const listed = first === undefined ? probed : mergeCandidates(probed, [first], bounds.precisionNs);
    const gaps = findIndexGaps(
      listed.map(({ timeNs }) => timeNs),
      bounds,
      this.#largestGapNs,
    );
    const gapSpans = gaps.map(({ after }) => ({
      start: listed[after]?.offset ?? bounds.firstOffset,
      end: listed[after + 1]?.offset ?? bounds.endOffset,
    }));
    let candidates = listed;
    for (const span of joinSpans([...spans, ...gapSpans])) {
      const scanned = await this.#scanAffordable(span, bounds.endOffset);
      candidates = mergeCandidates(scanned, candidates, bounds.precisionNs);
    }
    for (const gap of gaps) this.#reportGap(gap, candidates);
    this.#requireNoHole(candidates, bounds);
    const isRepaired = candidates.length > listed.length;
    return { candidates, origin: isRepaired ? 'repaired' : 'cues' };
  }

  /** A gap is a fault of the index only when there are keyframes in it, or when nobody could look. */
  #reportGap({ fromNs, toNs }: IndexGap, candidates: readonly Candidate[]): void {
    const found = candidates.filter(({ timeNs }) => timeNs > fromNs && timeNs < toNs).length;
    const seconds = ((toNs - fromNs) / 1e9).toFixed(1);
    const where = `${seconds} s from ${(fromNs / 1e9).toFixed(1)} s on`;
    if (found > 0) {
      const keyframes = count(found, 'keyframe');
      this.#faults.push(`The index has no entry for ${where}; a scan found ${keyframes} there.`);
    } else if (this.#unscanned) {
      this.#faults.push(`The index has no entry for ${where}, which is too large to scan over the network.`);
    }
  }

  /** Looks the entries up, where that is cheap, and tells where those that point elsewhere should be looked for. */
  async #probe(
    entries: readonly IndexEntry[],
    bounds: IndexBounds,
  ): Promise<{ candidates: Candidate[]; spans: ByteSpan[] }> {
    if (this.#options.verify === 'some') {
      return {
        candidates: entries.map(({ timeNs, offset }) => ({ timeNs, offset, access: 'unseen' })),
        spans: [],
      };
    }
    const probed = await probeEntries(this.#demuxer, entries, this.#judge, this.#options.signal);
    const candidates: Candidate[] = [];
    const spans: ByteSpan[] = [];
    let goodOffset = bounds.firstOffset;
    let isMisplaced = false;
    for (const result of probed) {
      if (result === 'misplaced') isMisplaced = true;
      if (typeof result === 'string') continue;
      if (isMisplaced && result.offset > goodOffset) spans.push({ start: goodOffset, end: result.offset });
      isMisplaced = false;
      goodOffset = result.offset;
      candidates.push(result);
    }
    if (isMisplaced) spans.push({ start: goodOffset, end: bounds.endOffset });
    const dropped = probed.filter((result) => result === 'dropped').length;
    const misplaced = probed.filter((result) => result === 'misplaced').length;
    this.#report(dropped, 'is for a picture that is no keyframe', 'are for pictures that are no keyframes');
    this.#report(misplaced, 'points to a wrong place', 'point to wrong places');
    return { candidates: mergeCandidates(candidates, [], bounds.precisionNs), spans };
  }

  /** The track's first sample, when it is a keyframe: an index need not list it. */
  #firstCandidate(): Candidate | undefined {
    const { firstSample } = this.#options;
    const access = firstSample.isSync ? this.#judge.judge(firstSample.data) : undefined;
    if (access === undefined) return undefined;
    return { timeNs: firstSample.presentationTime, offset: this.#demuxer.firstClusterOffset, access };
  }

  async #scanAffordable({ start, end }: ByteSpan, sourceEnd: number): Promise<Candidate[]> {
    const bytes = Math.min(end, sourceEnd) - start;
    if (bytes > this.#budget) {
      this.#unscanned = true;
      return [];
    }
    this.#budget -= bytes;
    return scanSpan(this.#demuxer, this.#track.id, { start, end }, this.#judge, this.#options.signal);
  }

  async #scanAll(hasCues: boolean): Promise<Candidate[]> {
    const size = this.#source.size ?? Infinity;
    const bytes = size - this.#demuxer.firstClusterOffset;
    const what = hasCues ? 'no usable index' : 'no index';
    if (!this.#source.seekable || bytes > this.#budget) throw this.#cannotScan(`has ${what}`, bytes);
    this.#faults.push(`The file has ${what} of its keyframes; it was scanned for them.`);
    const span = { start: this.#demuxer.firstClusterOffset, end: Infinity };
    const candidates = await scanSpan(this.#demuxer, this.#track.id, span, this.#judge, this.#options.signal);
    return thinOut(mergeCandidates(candidates, [], this.#track.timePrecision), MOST_ENTRIES, LEAST_APART_NS);
  }

  /** Refuses an index that says nothing of many minutes, when they were too large to be scanned. */
  #requireNoHole(candidates: readonly Candidate[], bounds: IndexBounds): void {
    if (this.#budget === Infinity) return;
    const times = candidates.map(({ timeNs }) => timeNs);
    const [hole] = findIndexGaps(times, bounds, Math.max(LONGEST_UNSCANNED_NS, this.#largestGapNs));
    if (hole === undefined) return;
    const minutes = Math.round((hole.toNs - hole.fromNs) / 60e9);
    throw this.#cannotScan(`has an index that leaves out ${minutes} minutes`, bounds.endOffset);
  }

  #cannotScan(what: string, bytes: number): UnsupportedMediaError {
    return new UnsupportedMediaError(
      `HLS cannot be had for this source: it ${what}, and is too large to scan over the network. The continuous stream can be played.`,
      { context: { track: this.#track.id, bytes } },
    );
  }

  #report(number: number, one: string, many: string): void {
    if (number <= 0) return;
    this.#faults.push(`${count(number, 'entry', 'entries')} of the index ${number === 1 ? one : many}.`);
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
