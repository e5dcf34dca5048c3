import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { readAv1ColorConfig, type Av1ColorConfig } from './color-config.js';

/** What a sequence header says that matters for declaring the track. */
export interface Av1SequenceHeader {
  /** seq_profile: 0 Main, 1 High, 2 Professional. */
  readonly profile: number;
  /** seq_level_idx of the first operating point; 31 is "no limit". */
  readonly level: number;
  /** seq_tier of the first operating point. */
  readonly isHighTier: boolean;
  /** reduced_still_picture_header: frame headers are then cut short. */
  readonly isReducedStillPicture: boolean;
  /** Largest width of a frame, in pixels. */
  readonly width: number;
  /** Largest height of a frame, in pixels. */
  readonly height: number;
  /** initial_display_delay_minus_1 of the first operating point. */
  readonly initialDisplayDelayMinus1: number | undefined;
  /** Sample format and colour. */
  readonly color: Av1ColorConfig;
}

/**
 * Parses a sequence header.
 * @param payload - the payload of a sequence header OBU.
 * @throws {MalformedMediaError} when it is cut off.
 * @see AV1 specification, section 5.5.1
 */
export function parseAv1SequenceHeader(payload: Uint8Array): Av1SequenceHeader {
  const reader = new BitReader(payload, 'AV1 sequence header');
  const profile = reader.bits(3);
  if (profile > 2) {
    throw new MalformedMediaError(`AV1 sequence header has the reserved profile ${profile}.`, {
      context: { spec: 'AV1 specification, section 6.4.1' },
    });
  }
  reader.skip(1); // still_picture
  const isReducedStillPicture = reader.flag();
  const point = isReducedStillPicture
    ? { level: reader.bits(5), isHighTier: false, delay: undefined }
    : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  // frame_id_numbers_present_flag, then delta_frame_id_length and additional_frame_id_length
  if (!isReducedStillPicture && reader.flag()) reader.skip(7);
  reader.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!isReducedStillPicture) skipInterTools(reader);
  reader.skip(3); // enable_superres, enable_cdef, enable_restoration
  return {
    profile,
    level: point.level,
    isHighTier: point.isHighTier,
    isReducedStillPicture,
    width,
    height,
    initialDisplayDelayMinus1: point.delay,
    color: readAv1ColorConfig(reader, profile),
  };
}

interface OperatingPoint {
  readonly level: number;
  readonly isHighTier: boolean;
  readonly delay: number | undefined;
}

function readOperatingPoints(reader: BitReader): OperatingPoint {
  let delayBits = 0;
  let hasDecoderModel = false;
  if (reader.flag()) {
    reader.skip(64); // num_units_in_display_tick, time_scale
    if (reader.flag()) skipVariableLength(reader); // num_ticks_per_picture_minus_1
    hasDecoderModel = reader.flag();
    if (hasDecoderModel) {
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5); // num_units_in_decoding_tick, two more lengths
    }
  }
  const hasDisplayDelay = reader.flag();
  const count = reader.bits(5) + 1;
  let first: OperatingPoint | undefined;
  for (let i = 0; i < count; i++) {
    reader.skip(12); // operating_point_idc
    const level = reader.bits(5);
    const isHighTier = level > 7 && reader.flag();
    if (hasDecoderModel && reader.flag()) reader.skip(2 * delayBits + 1);
    const delay = hasDisplayDelay && reader.flag() ? reader.bits(4) : undefined;
    first ??= { level, isHighTier, delay };
  }
  return first!;
}

/** uvlc(): AV1 specification, section 4.10.3. */
function skipVariableLength(reader: BitReader): void {
  let zeros = 0;
  while (!reader.flag()) zeros++;
  if (zeros < 32) reader.skip(zeros);
}

function skipInterTools(reader: BitReader): void {
  reader.skip(4); // interintra, masked compound, warped motion, dual filter
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
  const choosesScreenContent = reader.flag();
  const mayBeScreenContent = choosesScreenContent || reader.flag();
  if (mayBeScreenContent) {
    const choosesIntegerMv = reader.flag();
    if (!choosesIntegerMv) reader.skip(1); // seq_force_integer_mv
  }
  if (hasOrderHint) reader.skip(3); // order_hint_bits_minus_1
}
