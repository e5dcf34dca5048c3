import type { MuxSample } from '../mux-sample.js';
import { fullBox, type Box } from '../box.js';
import type { ByteCursor } from '../../bytes/cursor.js';
import { checkLimit } from '../../bytes/limits.js';
import { openFullBox, type BoxView } from '../box-view.js';

const DATA_OFFSET_PRESENT = 0x000001;
const FIRST_SAMPLE_FLAGS_PRESENT = 0x000004;
const SAMPLE_DURATION_PRESENT = 0x000100;
const SAMPLE_SIZE_PRESENT = 0x000200;
const SAMPLE_FLAGS_PRESENT = 0x000400;
const SAMPLE_COMPOSITION_OFFSETS_PRESENT = 0x000800;

/** A run of samples whose data lie one after another, and which of their fields must be stated one by one. */
export interface TrackRun {
  /** Bytes from the moof's first byte to the run's first sample. */
  readonly dataOffset: number;
  /** The samples in decode order. */
  readonly samples: readonly MuxSample[];
  /** Flags of the first sample, where it alone differs from the default; excludes `hasFlags`. */
  readonly firstSampleFlags: number | undefined;
  /** Durations differ. */
  readonly hasDurations: boolean;
  /** Sizes differ. */
  readonly hasSizes: boolean;
  /** Flags differ in more than the first sample. */
  readonly hasFlags: boolean;
  /** Some composition offset is not zero. */
  readonly hasCompositionOffsets: boolean;
}

/**
 * TrackRunBox of version 1, whose composition offsets are signed.
 * @see ISO/IEC 14496-12 - 8.8.8
 */
export function buildTrun(run: TrackRun): Box {
  const { samples, firstSampleFlags, hasDurations, hasSizes, hasFlags, hasCompositionOffsets } = run;
  let flags = DATA_OFFSET_PRESENT;
  let sampleSize = 0;
  if (firstSampleFlags !== undefined) flags |= FIRST_SAMPLE_FLAGS_PRESENT;
  if (hasDurations) {
    flags |= SAMPLE_DURATION_PRESENT;
    sampleSize += 4;
  }
  if (hasSizes) {
    flags |= SAMPLE_SIZE_PRESENT;
    sampleSize += 4;
  }
  if (hasFlags) {
    flags |= SAMPLE_FLAGS_PRESENT;
    sampleSize += 4;
  }
  if (hasCompositionOffsets) {
    flags |= SAMPLE_COMPOSITION_OFFSETS_PRESENT;
    sampleSize += 4;
  }
  const fieldsSize = 8 + (firstSampleFlags === undefined ? 0 : 4) + sampleSize * samples.length;
  return fullBox('trun', 1, flags, fieldsSize, (writer) => {
    writer.u32(samples.length);
    writer.i32(run.dataOffset);
    if (firstSampleFlags !== undefined) writer.u32(firstSampleFlags);
    if (sampleSize === 0) return;
    for (const sample of samples) {
      if (hasDurations) writer.u32(sample.duration);
      if (hasSizes) writer.u32(sample.data.byteLength);
      if (hasFlags) writer.u32(sample.flags);
      if (hasCompositionOffsets) writer.i32(sample.compositionOffset);
    }
  });
}

/** Samples in one run that states nothing of each, so that its size does not bound them. */
const MAX_UNSTATED_SAMPLES = 1 << 20;

/** What a track run states of one sample; undefined where it leaves the matter to the fragment's header. */
export interface RunSample {
  /** Ticks. */
  readonly duration: number | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  /** Sample flags. */
  readonly flags: number | undefined;
  /** Ticks; signed. */
  readonly compositionOffset: number;
}

/** A track run whose samples are read one by one. */
export interface ParsedTrackRun {
  /** Number of samples. */
  readonly sampleCount: number;
  /** Bytes from the fragment's base to the first sample; undefined when it follows the run before. */
  readonly dataOffset: number | undefined;
  /** The samples, read while they are iterated, once. */
  readonly samples: Iterable<RunSample>;
}

/**
 * Parses a TrackRunBox. Composition offsets are read as signed in version 0 too: none that is real is above 2^31, and
 * there are files that have negative ones there.
 * @throws {MalformedMediaError} when it is too small for its samples.
 * @throws {LimitExceededError} when it claims absurdly many.
 * @see ISO/IEC 14496-12 - 8.8.8
 */
export function parseTrun(box: BoxView): ParsedTrackRun {
  const { flags, cursor } = openFullBox(box);
  const sampleCount = cursor.u32();
  const dataOffset = (flags & DATA_OFFSET_PRESENT) !== 0 ? cursor.i32() : undefined;
  const firstFlags = (flags & FIRST_SAMPLE_FLAGS_PRESENT) !== 0 ? cursor.u32() : undefined;
  let sampleSize = 0;
  for (let flag = SAMPLE_DURATION_PRESENT; flag <= SAMPLE_COMPOSITION_OFFSETS_PRESENT; flag *= 2) {
    if ((flags & flag) !== 0) sampleSize += 4;
  }
  if (sampleCount * sampleSize > cursor.remaining) throw cursor.malformed('is too small for its samples');
  if (sampleSize === 0) checkLimit('number of samples in a trun', sampleCount, MAX_UNSTATED_SAMPLES);
  return { sampleCount, dataOffset, samples: readRunSamples(cursor, sampleCount, flags, firstFlags) };
}

function* readRunSamples(
  cursor: ByteCursor,
  count: number,
  flags: number,
  firstFlags: number | undefined,
): Generator<RunSample, void, undefined> {
  for (let i = 0; i < count; i++) {
    const duration = (flags & SAMPLE_DURATION_PRESENT) !== 0 ? cursor.u32() : undefined;
    const size = (flags & SAMPLE_SIZE_PRESENT) !== 0 ? cursor.u32() : undefined;
    const own = (flags & SAMPLE_FLAGS_PRESENT) !== 0 ? cursor.u32() : undefined;
    const compositionOffset = (flags & SAMPLE_COMPOSITION_OFFSETS_PRESENT) !== 0 ? cursor.i32() : 0;
    yield { duration, size, flags: i === 0 ? (firstFlags ?? own) : own, compositionOffset };
  }
}
