import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { readAvcVui, type AvcVui } from './vui.js';

/** How pictures state the order in which they are shown. ITU-T H.264, section 8.2.1. */
export type AvcPictureOrder =
  | {
      /** Each picture states the low bits of its count. */
      readonly type: 0;
      /** Bits of pic_order_cnt_lsb. */
      readonly lsbBits: number;
    }
  | {
      /** Counts follow from frame_num and an expected cycle; pictures state what differs. */
      readonly type: 1;
      /** delta_pic_order_always_zero_flag: nothing ever differs. */
      readonly isAlwaysExpected: boolean;
      readonly offsetForNonReference: number;
      readonly offsetTopToBottom: number;
      readonly offsetsForReferenceFrames: readonly number[];
    }
  | {
      /** Pictures are shown in the order in which they are decoded. */
      readonly type: 2;
    };

/** What a sequence parameter set says that matters for declaring and reordering the track. */
export interface AvcSequenceParameterSet {
  /** profile_idc. */
  readonly profile: number;
  /** constraint_set flags and reserved bits, as the byte that is stored. */
  readonly constraints: number;
  /** level_idc, ten times the level's number. */
  readonly level: number;
  /** seq_parameter_set_id. */
  readonly id: number;
  /** chroma_format_idc: 0 is 4:0:0, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaFormat: number;
  /** Bits a luma sample. */
  readonly bitDepthLuma: number;
  /** Bits a chroma sample. */
  readonly bitDepthChroma: number;
  /** True when the three colour planes are coded as pictures of their own. */
  readonly hasSeparatePlanes: boolean;
  /** Bits of frame_num in a slice header. */
  readonly frameNumBits: number;
  /** How the order of pictures is coded. */
  readonly pictureOrder: AvcPictureOrder;
  /** Width of the coded frame in macroblocks. */
  readonly widthInMacroblocks: number;
  /** Height of the coded frame in macroblocks. */
  readonly heightInMacroblocks: number;
  /** True when no picture is a field or holds field macroblocks. */
  readonly isFrameOnly: boolean;
  /** Width of the cropped picture in pixels. */
  readonly width: number;
  /** Height of the cropped picture in pixels. */
  readonly height: number;
  /** Video usability information. */
  readonly vui: AvcVui | undefined;
}

/** Profiles whose SPS has the chroma format and scaling matrices. ITU-T H.264, section 7.3.2.1.1. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** 16384 pixels: four times the widest picture of level 6.2, so that no sum below can lose precision. */
const maxMacroblocksAcross = 1024;

/**
 * Parses a sequence parameter set.
 * @param nal - the whole NAL unit with its header byte, as stored (emulation prevention bytes in place); not kept.
 * @throws {MalformedMediaError} when it is cut off or a value is outside its range.
 * @see ITU-T H.264, section 7.3.2.1.1
 */
export function parseAvcSequenceParameterSet(nal: Uint8Array): AvcSequenceParameterSet {
  const reader = new BitReader(removeEmulationPrevention(nal), 'H.264 SPS');
  reader.skip(8);
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  const id = atMost('seq_parameter_set_id', reader.ue(), 31);
  const format = highProfiles.has(profile)
    ? readSampleFormat(reader)
    : { chromaFormat: 1, separatePlanes: false, bitDepthLuma: 8, bitDepthChroma: 8 };
  const frameNumBits = atMost('log2_max_frame_num_minus4', reader.ue(), 12) + 4;
  const pictureOrder = readPictureOrder(reader);
  atMost('max_num_ref_frames', reader.ue(), 16);
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = atMost('pic_width_in_mbs_minus1', reader.ue(), maxMacroblocksAcross - 1) + 1;
  const mapUnits = atMost('pic_height_in_map_units_minus1', reader.ue(), maxMacroblocksAcross - 1) + 1;
  const isFrameOnly = reader.flag();
  if (!isFrameOnly) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const heightInMacroblocks = isFrameOnly ? mapUnits : mapUnits * 2;
  const size = readCroppedSize(reader, {
    width: widthInMacroblocks * 16,
    height: heightInMacroblocks * 16,
    // ChromaArrayType is 0 for separate planes, and then cropping counts in luma samples.
    chroma: format.separatePlanes ? 0 : format.chromaFormat,
    fields: isFrameOnly ? 1 : 2,
  });
  return {
    profile,
    constraints,
    level,
    id,
    chromaFormat: format.chromaFormat,
    bitDepthLuma: format.bitDepthLuma,
    bitDepthChroma: format.bitDepthChroma,
    hasSeparatePlanes: format.separatePlanes,
    frameNumBits,
    pictureOrder,
    widthInMacroblocks,
    heightInMacroblocks,
    isFrameOnly,
    width: size.width,
    height: size.height,
    vui: readVuiLeniently(reader),
  };
}

/** Whether an SPS of this profile states chroma format and bit depths. */
export function hasSampleFormat(profile: number): boolean {
  return highProfiles.has(profile);
}

function readSampleFormat(reader: BitReader): {
  chromaFormat: number;
  separatePlanes: boolean;
  bitDepthLuma: number;
  bitDepthChroma: number;
} {
  const chromaFormat = atMost('chroma_format_idc', reader.ue(), 3);
  const separatePlanes = chromaFormat === 3 && reader.flag();
  const bitDepthLuma = atMost('bit_depth_luma_minus8', reader.ue(), 6) + 8;
  const bitDepthChroma = atMost('bit_depth_chroma_minus8', reader.ue(), 6) + 8;
  reader.skip(1); // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const lists = chromaFormat === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) {
      if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
    }
  }
  return { chromaFormat, separatePlanes, bitDepthLuma, bitDepthChroma };
}

/** @see ITU-T H.264, section 7.3.2.1.1.1 */
function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  // A next scale of 0 ends the coded part: the rest of the list repeats the last value.
  for (let i = 0; i < size; i++) {
    const next = (last + reader.se() + 256) & 0xff;
    if (next === 0) return;
    last = next;
  }
}

function readPictureOrder(reader: BitReader): AvcPictureOrder {
  const type = atMost('pic_order_cnt_type', reader.ue(), 2);
  if (type === 0) {
    return { type, lsbBits: atMost('log2_max_pic_order_cnt_lsb_minus4', reader.ue(), 12) + 4 };
  }
  if (type === 2) return { type };
  const isAlwaysExpected = reader.flag();
  const offsetForNonReference = reader.se();
  const offsetTopToBottom = reader.se();
  const cycle = atMost('num_ref_frames_in_pic_order_cnt_cycle', reader.ue(), 255);
  const offsetsForReferenceFrames = Array.from({ length: cycle }, () => reader.se());
  return { type: 1, isAlwaysExpected, offsetForNonReference, offsetTopToBottom, offsetsForReferenceFrames };
}

function readCroppedSize(
  reader: BitReader,
  coded: { width: number; height: number; chroma: number; fields: number },
): { width: number; height: number } {
  if (!reader.flag()) return coded;
  const unitX = coded.chroma === 1 || coded.chroma === 2 ? 2 : 1;
  const unitY = (coded.chroma === 1 ? 2 : 1) * coded.fields;
  const left = reader.ue();
  const right = reader.ue();
  const top = reader.ue();
  const bottom = reader.ue();
  const width = coded.width - (left + right) * unitX;
  const height = coded.height - (top + bottom) * unitY;
  // Decoders ignore a window that leaves nothing, and show the whole frame.
  return width > 0 && height > 0 ? { width, height } : coded;
}

/** Real files hold SPS whose VUI is cut off; everything before it is still good. */
function readVuiLeniently(reader: BitReader): AvcVui | undefined {
  if (reader.remaining < 1 || !reader.flag()) return undefined;
  try {
    return readAvcVui(reader);
  } catch (error) {
    if (error instanceof MalformedMediaError) return undefined;
    throw error;
  }
}

function atMost(field: string, value: number, max: number): number {
  if (value > max) {
    throw new MalformedMediaError(`H.264 SPS has ${field} ${value}, and at most ${max} is allowed.`, {
      context: { element: 'SPS', spec: 'ITU-T H.264, section 7.4.2.1.1' },
    });
  }
  return value;
}
