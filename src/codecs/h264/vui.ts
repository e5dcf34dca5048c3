import type { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import type { VideoColor } from '../../media/track.js';
import { readSampleAspectRatio } from '../nal/sample-aspect-ratio.js';
import { readVideoSignalType } from '../nal/video-signal-type.js';

/** What the video usability information of an H.264 SPS tells. */
export interface AvcVui {
  /** Pixel shape, horizontal over vertical. */
  readonly pixelAspectRatio: readonly [number, number] | undefined;
  /** Colour, where video_signal_type is present. */
  readonly color: VideoColor | undefined;
  /** Clock of the coded pictures: a *field* lasts `unitsInTick` of `timeScale`. */
  readonly timing: AvcTiming | undefined;
  /** max_num_reorder_frames, where bitstream_restriction is present. */
  readonly maxReorderFrames: number | undefined;
}

/** Timing information: two ticks are one frame. */
export interface AvcTiming {
  /** num_units_in_tick. */
  readonly unitsInTick: number;
  /** time_scale. */
  readonly timeScale: number;
  /** fixed_frame_rate_flag. */
  readonly isFixedRate: boolean;
}

/**
 * Reads vui_parameters().
 * @throws {MalformedMediaError} when it is cut off.
 * @see ITU-T H.264, section E.1.1
 */
export function readAvcVui(reader: BitReader): AvcVui {
  const pixelAspectRatio = reader.flag() ? readSampleAspectRatio(reader) : undefined;
  if (reader.flag()) reader.skip(1); // overscan_appropriate_flag
  const color = reader.flag() ? readVideoSignalType(reader) : undefined;
  if (reader.flag()) {
    reader.ue(); // chroma_sample_loc_type_top_field
    reader.ue(); // chroma_sample_loc_type_bottom_field
  }
  const timing = reader.flag() ? readTiming(reader) : undefined;
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrd(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrd(reader);
  if (hasNalHrd || hasVclHrd) reader.skip(1); // low_delay_hrd_flag
  reader.skip(1); // pic_struct_present_flag
  return {
    pixelAspectRatio,
    color,
    timing,
    maxReorderFrames: reader.flag() ? readReorder(reader) : undefined,
  };
}

function readTiming(reader: BitReader): AvcTiming {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  return { unitsInTick, timeScale, isFixedRate: reader.flag() };
}

/** Reads the part of bitstream_restriction up to max_num_reorder_frames. */
function readReorder(reader: BitReader): number {
  reader.skip(1); // motion_vectors_over_pic_boundaries_flag
  reader.ue(); // max_bytes_per_pic_denom
  reader.ue(); // max_bits_per_mb_denom
  reader.ue(); // log2_max_mv_length_horizontal
  reader.ue(); // log2_max_mv_length_vertical
  return reader.ue();
}

/** @see ITU-T H.264, section E.1.2 */
function skipHrd(reader: BitReader): void {
  const count = reader.ue() + 1;
  if (count > 32) {
    throw new MalformedMediaError(
      `H.264 SPS has ${count} coded picture buffers, and at most 32 are allowed.`,
      {
        context: { spec: 'ITU-T H.264, section E.2.2' },
      },
    );
  }
  reader.skip(8); // bit_rate_scale, cpb_size_scale
  for (let i = 0; i < count; i++) {
    reader.ue(); // bit_rate_value_minus1
    reader.ue(); // cpb_size_value_minus1
    reader.skip(1); // cbr_flag
  }
  reader.skip(20); // three delay lengths and time_offset_length
}
