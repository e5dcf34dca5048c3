import type { MuxSample } from '../mux-sample.js';
import { fullBox, type Box } from '../box.js';

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
