import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError } from '../../errors.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';

/** What a picture parameter set says that is needed to read slice headers. */
export interface AvcPictureParameterSet {
  /** pic_parameter_set_id. */
  readonly id: number;
  /** The sequence parameter set that it refers to. */
  readonly sequenceId: number;
  /** Slice headers of frames state how the bottom field's order count differs from the top's. */
  readonly hasBottomFieldOrder: boolean;
  /** The rest, up to the weights of prediction; undefined with slice groups, which only Baseline knows. */
  readonly prediction: AvcPrediction | undefined;
}

/** What decides the form of a slice header's middle part. */
export interface AvcPrediction {
  /** num_ref_idx_l0_default_active_minus1 and l1, each and one. */
  readonly defaultReferences: readonly [number, number];
  /** P slices state weights. */
  readonly isWeighted: boolean;
  /** weighted_bipred_idc: B slices state weights when it is 1. */
  readonly bipredictive: number;
}

/** A field picture refers to at most this many fields. ITU-T H.264, section 7.4.3. */
export const maxReferenceIndices = 32;

/**
 * Parses a picture parameter set, up to what slice headers depend on.
 * @param nal - the whole NAL unit with its header byte, as stored; not kept.
 * @throws {MalformedMediaError} when it is cut off or a value is outside its range.
 * @see ITU-T H.264, section 7.3.2.2
 */
export function parseAvcPictureParameterSet(nal: Uint8Array): AvcPictureParameterSet {
  const reader = new BitReader(removeEmulationPrevention(nal), 'H.264 PPS');
  reader.skip(8);
  const id = atMost('pic_parameter_set_id', reader.ue(), 255);
  const sequenceId = atMost('seq_parameter_set_id', reader.ue(), 31);
  reader.skip(1); // entropy_coding_mode_flag
  const hasBottomFieldOrder = reader.flag();
  const hasSliceGroups = reader.ue() > 0;
  return {
    id,
    sequenceId,
    hasBottomFieldOrder,
    prediction: hasSliceGroups ? undefined : readPrediction(reader),
  };
}

function readPrediction(reader: BitReader): AvcPrediction {
  const references = (list: string): number =>
    atMost(`num_ref_idx_${list}_default_active_minus1`, reader.ue(), maxReferenceIndices - 1) + 1;
  return {
    defaultReferences: [references('l0'), references('l1')],
    isWeighted: reader.flag(),
    bipredictive: reader.bits(2),
  };
}

function atMost(field: string, value: number, max: number): number {
  if (value > max) {
    throw new MalformedMediaError(`H.264 PPS has ${field} ${value}, and at most ${max} is allowed.`, {
      context: { element: 'PPS', spec: 'ITU-T H.264, section 7.4.2.2' },
    });
  }
  return value;
}
