import { fullBox, type Box } from '../box.js';

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
