import { checkLimit } from '../../bytes/limits.js';
import { MalformedMediaError } from '../../errors.js';
import { findBox, viewChildren, type BoxView } from '../box-view.js';
import { parseTfdt } from '../boxes/tfdt.js';
import { parseTfhd, type ParsedTrackFragmentHeader } from '../boxes/tfhd.js';
import type { TrackExtends } from '../boxes/trex.js';
import { parseTrun } from '../boxes/trun.js';
import { MAX_TIME } from '../times.js';
import { LIMITS } from './limits.js';
import type { MovieTrack } from './movie-track.js';
import type { StatedSample } from './planned-samples.js';

// Sample flags, ISO/IEC 14496-12 - 8.8.3.1.
const NON_SYNC = 0x10000;
const DEPENDS_ON_OTHERS = 0x1000000;

/** Samples of one track that lie one after another in the source. */
export interface FragmentRun {
  /** The track. */
  readonly track: MovieTrack;
  /** Byte offset of the first sample. */
  readonly dataOffset: number;
  /** Decode time of the first sample, in ticks on the media's own timeline. */
  readonly decodeTime: number;
  /** The samples, in stored order; may be iterated again. */
  readonly samples: Iterable<StatedSample>;
}

interface Defaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
  readonly descriptionIndex: number;
}

/**
 * Parses a MovieFragmentBox.
 * @param moof - the box.
 * @param tracks - the tracks by track_ID.
 * @param nextDecodeTimes - where each track's samples go on, by track_ID: used where the fragment does not say, and moved
 * on.
 * @returns runs in the order of their offsets.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken, or has absurdly many samples.
 * @see ISO/IEC 14496-12 - 8.8
 */
export function parseFragment(
  moof: BoxView,
  tracks: ReadonlyMap<number, MovieTrack>,
  nextDecodeTimes: Map<number, number>,
): FragmentRun[] {
  const runs: FragmentRun[] = [];
  const budget = { samples: LIMITS.fragmentSamples };
  let dataEnd = moof.offset;
  for (const traf of viewChildren(moof)) {
    if (traf.type !== 'traf') continue;
    const boxes = viewChildren(traf);
    const tfhd = findBox(boxes, 'tfhd');
    if (tfhd === undefined) continue;
    const header = parseTfhd(tfhd);
    const track = tracks.get(header.trackId);
    // Without a base of its own the first fragment counts from the moof, and a later one from where the one before ended.
    const base = header.baseDataOffset ?? (header.isBaseMoof ? moof.offset : dataEnd);
    const tfdt = findBox(boxes, 'tfdt');
    const decodeTime = tfdt === undefined ? (nextDecodeTimes.get(header.trackId) ?? 0) : parseTfdt(tfdt);
    const parsed = parseRuns(boxes, base, decodeTime, defaultsOf(header, track?.defaults), budget);
    if (parsed.decodeEnd > MAX_TIME) {
      throw new MalformedMediaError('A fragment has times beyond 2^52 ticks.', {
        context: { element: 'moof/traf', offset: traf.offset, track: header.trackId },
      });
    }
    dataEnd = parsed.dataEnd;
    nextDecodeTimes.set(header.trackId, parsed.decodeEnd);
    if (track !== undefined) runs.push(...parsed.runs.map((run) => ({ ...run, track })));
  }
  return runs.sort((a, b) => a.dataOffset - b.dataOffset);
}

function defaultsOf(header: ParsedTrackFragmentHeader, trex: TrackExtends | undefined): Defaults {
  return {
    duration: header.duration ?? trex?.duration ?? 0,
    size: header.size ?? trex?.size ?? 0,
    flags: header.flags ?? trex?.flags ?? 0,
    descriptionIndex: header.descriptionIndex ?? trex?.descriptionIndex ?? 1,
  };
}

function parseRuns(
  boxes: readonly BoxView[],
  base: number,
  firstDecodeTime: number,
  defaults: Defaults,
  budget: { samples: number },
): { runs: Omit<FragmentRun, 'track'>[]; dataEnd: number; decodeEnd: number } {
  const runs: Omit<FragmentRun, 'track'>[] = [];
  let dataEnd = base;
  let decodeEnd = firstDecodeTime;
  for (const box of boxes) {
    if (box.type !== 'trun') continue;
    const { sampleCount, dataOffset, samples } = parseTrun(box);
    budget.samples -= sampleCount;
    checkLimit(
      'number of samples in a fragment',
      LIMITS.fragmentSamples - budget.samples,
      LIMITS.fragmentSamples,
    );
    const start = dataOffset === undefined ? dataEnd : base + dataOffset;
    const decodeTime = decodeEnd;
    dataEnd = start;
    for (const sample of samples) {
      dataEnd += sample.size ?? defaults.size;
      decodeEnd += sample.duration ?? defaults.duration;
    }
    const run = { [Symbol.iterator]: () => readRun(box, start, decodeTime, defaults) };
    if (sampleCount > 0) runs.push({ dataOffset: start, decodeTime, samples: run });
  }
  return { runs, dataEnd, decodeEnd };
}

function* readRun(
  trun: BoxView,
  start: number,
  firstDecodeTime: number,
  defaults: Defaults,
): Generator<StatedSample, void, undefined> {
  let offset = start;
  let decodeTime = firstDecodeTime;
  const { descriptionIndex } = defaults;
  for (const sample of parseTrun(trun).samples) {
    const size = sample.size ?? defaults.size;
    const duration = sample.duration ?? defaults.duration;
    const flags = sample.flags ?? defaults.flags;
    const isSync = (flags & (NON_SYNC | DEPENDS_ON_OTHERS)) === 0;
    const { compositionOffset } = sample;
    yield { offset, size, decodeTime, compositionOffset, duration, isSync, descriptionIndex };
    offset += size;
    decodeTime += duration;
  }
}
