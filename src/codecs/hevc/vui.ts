import type { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import type { VideoColor } from '../../media/track.js';
import { readSampleAspectRatio } from '../nal/sample-aspect-ratio.js';
import { readVideoSignalType } from '../nal/video-signal-type.js';

/** What the video usability information of an HEVC SPS tells. */
export interface HevcVui {
  /** Pixel shape, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number] | undefined;
  /** Colour, where video_signal_type is present. */
  readonly color: VideoColor | undefined;
  /** Clock of the coded pictures: a picture lasts `unitsInTick` of `timeScale`. */
  readonly timing: { readonly unitsInTick: number; readonly timeScale: number } | undefined;
  /** min_spatial_segmentation_idc; 0 when not stated. */
  readonly minSpatialSegmentation: number;
}

/**
 * Reads vui_parameters().
 * @throws {MalformedMediaError} when it is cut off.
 * @see ITU-T H.265, section E.2.1
 */
export function readHevcVui(reader: BitReader, maxSubLayersMinus1: number): HevcVui {
  const pixelAspectRatio = reader.flag() ? readSampleAspectRatio(reader) : undefined;
  if (reader.flag()) reader.skip(1); // overscan_appropriate_flag
  const color = reader.flag() ? readVideoSignalType(reader) : undefined;
  if (reader.flag()) {
    reader.ue(); // chroma_sample_loc_type_top_field
    reader.ue(); // chroma_sample_loc_type_bottom_field
  }
  reader.skip(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (reader.flag()) skipCodes(reader, 4); // default display window
  const timing = reader.flag() ? readTiming(reader, maxSubLayersMinus1) : undefined;
  return {
    pixelAspectRatio,
    color,
    timing,
    minSpatialSegmentation: reader.flag() ? readSpatialSegmentation(reader) : 0,
  };
}

function readTiming(
  reader: BitReader,
  maxSubLayersMinus1: number,
): { unitsInTick: number; timeScale: number } {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  if (reader.flag()) reader.ue(); // num_ticks_poc_diff_one_minus1
  if (reader.flag()) skipHrd(reader, maxSubLayersMinus1);
  return { unitsInTick, timeScale };
}

function readSpatialSegmentation(reader: BitReader): number {
  reader.skip(3); // tiles_fixed_structure, motion_vectors_over_pic_boundaries, restricted_ref_pic_lists
  return Math.min(reader.ue(), 4095);
}

function skipCodes(reader: BitReader, count: number): void {
  for (let i = 0; i < count; i++) reader.ue();
}

/** @see ITU-T H.265, section E.2.2, with commonInfPresentFlag 1 */
function skipHrd(reader: BitReader, maxSubLayersMinus1: number): void {
  const hasNal = reader.flag();
  const hasVcl = reader.flag();
  let hasSubPicture = false;
  if (hasNal || hasVcl) {
    hasSubPicture = reader.flag();
    if (hasSubPicture) reader.skip(19);
    reader.skip(8); // bit_rate_scale, cpb_size_scale
    if (hasSubPicture) reader.skip(4);
    reader.skip(15); // three delay lengths
  }
  for (let layer = 0; layer <= maxSubLayersMinus1; layer++) {
    const isFixedGeneral = reader.flag();
    const isFixedInSequence = isFixedGeneral || reader.flag();
    let isLowDelay = false;
    if (isFixedInSequence) reader.ue();
    else isLowDelay = reader.flag();
    const buffers = isLowDelay ? 1 : reader.ue() + 1;
    if (buffers > 32) {
      throw new MalformedMediaError(
        `HEVC SPS has ${buffers} coded picture buffers, and at most 32 are allowed.`,
        { context: { spec: 'ITU-T H.265, section E.3.2' } },
      );
    }
    for (const present of [hasNal, hasVcl]) {
      for (let i = 0; present && i < buffers; i++) {
        skipCodes(reader, hasSubPicture ? 4 : 2);
        reader.skip(1); // cbr_flag
      }
    }
  }
}
