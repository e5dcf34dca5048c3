import { fullBox, type Box } from '../box.js';
import { openFullBox, type BoxView } from '../box-view.js';

const BASE_DATA_OFFSET_PRESENT = 0x000001;
const SAMPLE_DESCRIPTION_INDEX_PRESENT = 0x000002;
const DEFAULT_SAMPLE_DURATION_PRESENT = 0x000008;
const DEFAULT_SAMPLE_SIZE_PRESENT = 0x000010;
const DEFAULT_SAMPLE_FLAGS_PRESENT = 0x000020;
const DEFAULT_BASE_IS_MOOF = 0x020000;

/** What all samples of a track fragment have in common; undefined where they differ. */
export interface TrackFragmentHeader {
  /** track_ID. */
  readonly trackId: number;
  /** Ticks. */
  readonly defaultDuration: number | undefined;
  /** Bytes. */
  readonly defaultSize: number | undefined;
  /** Sample flags; of all samples but the first when the track run states the first's. */
  readonly defaultFlags: number | undefined;
}

/**
 * TrackFragmentHeaderBox. Data offsets count from the moof, so that a segment means the same wherever it stands.
 * @see ISO/IEC 14496-12 - 8.8.7
 */
export function buildTfhd({ trackId, defaultDuration, defaultSize, defaultFlags }: TrackFragmentHeader): Box {
  let flags = DEFAULT_BASE_IS_MOOF;
  let size = 4;
  if (defaultDuration !== undefined) {
    flags |= DEFAULT_SAMPLE_DURATION_PRESENT;
    size += 4;
  }
  if (defaultSize !== undefined) {
    flags |= DEFAULT_SAMPLE_SIZE_PRESENT;
    size += 4;
  }
  if (defaultFlags !== undefined) {
    flags |= DEFAULT_SAMPLE_FLAGS_PRESENT;
    size += 4;
  }
  return fullBox('tfhd', 0, flags, size, (writer) => {
    writer.u32(trackId);
    if (defaultDuration !== undefined) writer.u32(defaultDuration);
    if (defaultSize !== undefined) writer.u32(defaultSize);
    if (defaultFlags !== undefined) writer.u32(defaultFlags);
  });
}

/** What a track fragment header says; undefined where it leaves the matter to `trex`. */
export interface ParsedTrackFragmentHeader {
  /** track_ID. */
  readonly trackId: number;
  /** Byte offset in the source from which data offsets count, where it is stated. */
  readonly baseDataOffset: number | undefined;
  /** Data offsets count from the moof. */
  readonly isBaseMoof: boolean;
  /** Sample entry, counted from 1. */
  readonly descriptionIndex: number | undefined;
  /** Ticks. */
  readonly duration: number | undefined;
  /** Bytes. */
  readonly size: number | undefined;
  /** Sample flags. */
  readonly flags: number | undefined;
}

/**
 * Parses a TrackFragmentHeaderBox.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.8.7
 */
export function parseTfhd(box: BoxView): ParsedTrackFragmentHeader {
  const { flags, cursor } = openFullBox(box);
  const optional = (flag: number): number | undefined => ((flags & flag) !== 0 ? cursor.u32() : undefined);
  return {
    isBaseMoof: (flags & DEFAULT_BASE_IS_MOOF) !== 0,
    trackId: cursor.u32(),
    baseDataOffset: (flags & BASE_DATA_OFFSET_PRESENT) !== 0 ? cursor.u64() : undefined,
    descriptionIndex: optional(SAMPLE_DESCRIPTION_INDEX_PRESENT),
    duration: optional(DEFAULT_SAMPLE_DURATION_PRESENT),
    size: optional(DEFAULT_SAMPLE_SIZE_PRESENT),
    flags: optional(DEFAULT_SAMPLE_FLAGS_PRESENT),
  };
}
