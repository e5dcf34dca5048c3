import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { readProfileTierLevel, type HevcProfileTierLevel } from './profile-tier-level.js';
import { skipShortTermReferencePictureSets } from './reference-picture-set.js';
import { readHevcVui, type HevcVui } from './vui.js';

/** What a sequence parameter set says that matters for declaring and reordering the track. */
export interface HevcSequenceParameterSet {
  /** sps_seq_parameter_set_id. */
  readonly id: number;
  /** Profile, tier and level. */
  readonly profileTierLevel: HevcProfileTierLevel;
  /** Number of temporal sub-layers, 1 to 7. */
  readonly maxSubLayers: number;
  /** sps_temporal_id_nesting_flag. */
  readonly isTemporalIdNested: boolean;
  /** chroma_format_idc: 0 is 4:0:0, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaFormat: number;
  /** separate_colour_plane_flag: each slice is of one component. */
  readonly hasSeparatePlanes: boolean;
  /** Bits a luma sample. */
  readonly bitDepthLuma: number;
  /** Bits a chroma sample. */
  readonly bitDepthChroma: number;
  /** Width of the picture inside the conformance window, in pixels. */
  readonly width: number;
  /** Height of the picture inside the conformance window, in pixels. */
  readonly height: number;
  /** Bits of slice_pic_order_cnt_lsb. */
  readonly orderLsbBits: number;
  /** sps_max_num_reorder_pics of the highest sub-layer. */
  readonly maxReorderPictures: number;
  /** Video usability information. */
  readonly vui: HevcVui | undefined;
}

/**
 * Parses a sequence parameter set of the base layer.
 * @param nal - the whole NAL unit with its two header bytes, as stored; not kept.
 * @throws {MalformedMediaError} when it is cut off or a value is outside its range.
 * @see ITU-T H.265, section 7.3.2.2
 */
export function parseHevcSequenceParameterSet(nal: Uint8Array): HevcSequenceParameterSet {
  const reader = new BitReader(removeEmulationPrevention(nal), 'HEVC SPS');
  reader.skip(16 + 4); // NAL unit header, sps_video_parameter_set_id
  const maxSubLayersMinus1 = atMost('sps_max_sub_layers_minus1', reader.bits(3), 6);
  const isTemporalIdNested = reader.flag();
  const profileTierLevel = readProfileTierLevel(reader, maxSubLayersMinus1);
  const id = atMost('sps_seq_parameter_set_id', reader.ue(), 15);
  const chromaFormat = atMost('chroma_format_idc', reader.ue(), 3);
  const hasSeparatePlanes = chromaFormat === 3 && reader.flag();
  const size = readSize(reader, hasSeparatePlanes ? 0 : chromaFormat);
  const bitDepthLuma = atMost('bit_depth_luma_minus8', reader.ue(), 8) + 8;
  const bitDepthChroma = atMost('bit_depth_chroma_minus8', reader.ue(), 8) + 8;
  const orderLsbBits = atMost('log2_max_pic_order_cnt_lsb_minus4', reader.ue(), 12) + 4;
  const maxReorderPictures = readReorderPictures(reader, maxSubLayersMinus1);
  skipCodingTools(reader);
  skipShortTermReferencePictureSets(reader, atMost('num_short_term_ref_pic_sets', reader.ue(), 64));
  if (reader.flag()) {
    const longTerm = atMost('num_long_term_ref_pics_sps', reader.ue(), 32);
    for (let i = 0; i < longTerm; i++) reader.skip(orderLsbBits + 1);
  }
  reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  return {
    id,
    profileTierLevel,
    maxSubLayers: maxSubLayersMinus1 + 1,
    isTemporalIdNested,
    chromaFormat,
    hasSeparatePlanes,
    bitDepthLuma,
    bitDepthChroma,
    width: size.width,
    height: size.height,
    orderLsbBits,
    maxReorderPictures,
    vui: readVuiLeniently(reader, maxSubLayersMinus1),
  };
}

function readSize(reader: BitReader, chromaArrayType: number): { width: number; height: number } {
  const coded = {
    width: atMost('pic_width_in_luma_samples', reader.ue(), 16888),
    height: atMost('pic_height_in_luma_samples', reader.ue(), 16888),
  };
  if (coded.width === 0 || coded.height === 0) throw new MalformedMediaError('HEVC SPS has no picture size.');
  if (!reader.flag()) return coded;
  const unitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
  const unitY = chromaArrayType === 1 ? 2 : 1;
  const left = reader.ue();
  const right = reader.ue();
  const top = reader.ue();
  const bottom = reader.ue();
  const width = coded.width - (left + right) * unitX;
  const height = coded.height - (top + bottom) * unitY;
  return width > 0 && height > 0 ? { width, height } : coded;
}

/** Sub-layers that state nothing of their own share the values of the highest, so the last that is read is right. */
function readReorderPictures(reader: BitReader, maxSubLayersMinus1: number): number {
  const isForEach = reader.flag();
  let reorder = 0;
  for (let layer = isForEach ? 0 : maxSubLayersMinus1; layer <= maxSubLayersMinus1; layer++) {
    reader.ue(); // sps_max_dec_pic_buffering_minus1
    reorder = atMost('sps_max_num_reorder_pics', reader.ue(), 16);
    reader.ue(); // sps_max_latency_increase_plus1
  }
  return reorder;
}

function skipCodingTools(reader: BitReader): void {
  for (let i = 0; i < 6; i++) reader.ue(); // block and transform sizes, hierarchy depths
  if (reader.flag() && reader.flag()) skipScalingLists(reader);
  reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (reader.flag()) {
    reader.skip(8); // pcm bit depths
    reader.ue();
    reader.ue();
    reader.skip(1); // pcm_loop_filter_disabled_flag
  }
}

/** @see ITU-T H.265, section 7.3.4 */
function skipScalingLists(reader: BitReader): void {
  for (let sizeId = 0; sizeId < 4; sizeId++) {
    // Lists of 32x32 stand for matrices 0 and 3 only; that holds for 4:4:4 too, where the rest is derived.
    for (let matrix = 0; matrix < 6; matrix += sizeId === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      if (sizeId > 1) reader.se(); // scaling_list_dc_coef_minus8
      const coefficients = Math.min(64, 1 << (4 + (sizeId << 1)));
      for (let i = 0; i < coefficients; i++) reader.se();
    }
  }
}

/** A VUI that is cut off costs what it says, not the track. */
function readVuiLeniently(reader: BitReader, maxSubLayersMinus1: number): HevcVui | undefined {
  if (reader.remaining < 1 || !reader.flag()) return undefined;
  try {
    return readHevcVui(reader, maxSubLayersMinus1);
  } catch (error) {
    if (error instanceof MalformedMediaError) return undefined;
    throw error;
  }
}

function atMost(field: string, value: number, max: number): number {
  if (value > max) {
    throw new MalformedMediaError(`HEVC SPS has ${field} ${value}, and at most ${max} is allowed.`, {
      context: { element: 'SPS', spec: 'ITU-T H.265, section 7.4.3.2.1' },
    });
  }
  return value;
}
