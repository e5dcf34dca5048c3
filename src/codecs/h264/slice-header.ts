import { BitReader } from '../../bytes/bit-reader.js';
import { checkLimit } from '../../bytes/limits.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { maxReferenceIndices, type AvcPictureParameterSet } from './pps.js';
import type { AvcSequenceParameterSet } from './sps.js';

/** What the beginning of a slice header says of its picture. */
export interface AvcSliceStart {
  /** The picture is an IDR picture. */
  readonly isIdr: boolean;
  /** Others may refer to the picture. */
  readonly isReference: boolean;
  /** frame_num. */
  readonly frameNum: number;
  /** Which part of a frame the picture is. */
  readonly structure: 'frame' | 'top' | 'bottom';
}

/** What a slice header says of its picture's place in the order of pictures. */
export interface AvcSliceHeader extends AvcSliceStart {
  /** pic_order_cnt_lsb; 0 where the order is not coded so. */
  readonly orderLsb: number;
  /** delta_pic_order_cnt_bottom; 0 where not stated. */
  readonly bottomDelta: number;
  /** delta_pic_order_cnt[0] and [1]; 0 where not stated. */
  readonly deltas: readonly [number, number];
  /** memory_management_control_operation 5: all that came before is forgotten, and counting begins anew. */
  readonly resetsMemory: boolean;
}

/** Parameter sets by their ids. */
export interface AvcParameterSets {
  readonly sequence: ReadonlyMap<number, AvcSequenceParameterSet>;
  readonly picture: ReadonlyMap<number, AvcPictureParameterSet>;
}

/** A header with the weights of 32 references on both lists ends within this. */
const maxHeaderBytes = 2048;

/** Bytes of a slice with its NAL header that {@link parseAvcSliceStart} looks at: three codes, a number, two flags. */
export const sliceStartBytes = 24;

/** More commands than fields that can be held, twice over, are none. */
const maxListCommands = 2 * maxReferenceIndices + 2;

/** slice_type modulo 5. ITU-T H.264, table 7-6. */
const sliceType = { p: 0, b: 1, i: 2, sp: 3, si: 4 } as const;

/**
 * Parses the header of a slice, up to the marking of reference pictures.
 * @param nal - a NAL unit of types 1, 2 or 5, or the first part of one; not kept.
 * @param sets - the parameter sets that are in force.
 * @returns the header, and the sequence parameter set that it refers to; undefined when a parameter set is missing.
 * @throws {MalformedMediaError | LimitExceededError} when it is cut off or breaks the rules.
 * @see ITU-T H.264, section 7.3.3
 */
export function parseAvcSliceHeader(
  nal: Uint8Array,
  sets: AvcParameterSets,
): { readonly header: AvcSliceHeader; readonly sps: AvcSequenceParameterSet } | undefined {
  const head = removeEmulationPrevention(nal.subarray(1, maxHeaderBytes));
  const reader = new BitReader(head, 'H.264 slice header');
  const parts = readSliceStart(reader, nal, sets);
  if (parts === undefined) return undefined;
  const { start, type, pps, sps } = parts;
  const { isIdr, isReference, structure } = start;
  const isField = structure !== 'frame';
  if (isIdr) reader.ue(); // idr_pic_id
  const { pictureOrder } = sps;
  const statesBottom = pps.hasBottomFieldOrder && !isField;
  let orderLsb = 0;
  let bottomDelta = 0;
  const deltas: [number, number] = [0, 0];
  if (pictureOrder.type === 0) {
    orderLsb = reader.bits(pictureOrder.lsbBits);
    if (statesBottom) bottomDelta = reader.se();
  } else if (pictureOrder.type === 1 && !pictureOrder.isAlwaysExpected) {
    deltas[0] = reader.se();
    if (statesBottom) deltas[1] = reader.se();
  }
  const resetsMemory = isReference && !isIdr && readsReset(reader, type, isField, pps, sps);
  return { header: { ...start, orderLsb, bottomDelta, deltas, resetsMemory }, sps };
}

/**
 * Parses the beginning of a slice's header, which tells fields from frames, and which field belongs to which.
 * @param nal - a NAL unit of types 1, 2 or 5, of which {@link sliceStartBytes} are enough; not kept.
 * @param sets - the parameter sets that are in force.
 * @returns undefined when a parameter set is missing.
 * @throws {MalformedMediaError} when it is cut off or breaks the rules.
 * @see ITU-T H.264, section 7.3.3
 */
export function parseAvcSliceStart(nal: Uint8Array, sets: AvcParameterSets): AvcSliceStart | undefined {
  const head = removeEmulationPrevention(nal.subarray(1, sliceStartBytes));
  return readSliceStart(new BitReader(head, 'H.264 slice header'), nal, sets)?.start;
}

/** The fields of a slice header up to which field a picture is, and what they refer to. */
interface SliceParts {
  readonly start: AvcSliceStart;
  /** slice_type modulo 5. */
  readonly type: number;
  readonly pps: AvcPictureParameterSet;
  readonly sps: AvcSequenceParameterSet;
}

function readSliceStart(reader: BitReader, nal: Uint8Array, sets: AvcParameterSets): SliceParts | undefined {
  reader.ue(); // first_mb_in_slice
  const type = reader.ue() % 5;
  const pps = sets.picture.get(reader.ue());
  const sps = pps && sets.sequence.get(pps.sequenceId);
  if (sps === undefined) return undefined;
  if (sps.hasSeparatePlanes) reader.skip(2); // colour_plane_id
  const frameNum = reader.bits(sps.frameNumBits);
  const isField = !sps.isFrameOnly && reader.flag();
  const structure = !isField ? 'frame' : reader.flag() ? 'bottom' : 'top';
  const isIdr = avcNalTypeOf(nal) === avcNalType.idrSlice;
  const isReference = (nal[0]! & 0x60) !== 0;
  return { start: { isIdr, isReference, frameNum, structure }, type, pps: pps!, sps };
}

/** Reads on to dec_ref_pic_marking, and whether a command there forgets all pictures. */
function readsReset(
  reader: BitReader,
  type: number,
  isField: boolean,
  { prediction }: AvcPictureParameterSet,
  sps: AvcSequenceParameterSet,
): boolean {
  if (prediction === undefined) return false;
  const references = readReferenceCounts(reader, type, prediction.defaultReferences);
  const lists = references.length;
  for (let list = 0; list < lists; list++) skipListModification(reader);
  const isPredicted = type === sliceType.p || type === sliceType.sp;
  if ((prediction.isWeighted && isPredicted) || (prediction.bipredictive === 1 && type === sliceType.b)) {
    skipWeights(reader, references, sps);
  }
  if (!reader.flag()) return false; // adaptive_ref_pic_marking_mode_flag
  for (let commands = 0; ; commands++) {
    const operation = reader.ue();
    if (operation === 0) return false;
    if (operation === 5) return true;
    checkLimit('number of reference marking commands', commands, maxListCommands, { isField });
    reader.ue();
    if (operation === 3) reader.ue();
  }
}

/** Number of references on each list that the slice has. redundant_pic_cnt is Extended profile's, and not looked for. */
function readReferenceCounts(
  reader: BitReader,
  type: number,
  defaults: readonly [number, number],
): readonly number[] {
  if (type === sliceType.i || type === sliceType.si) return [];
  if (type === sliceType.b) reader.skip(1); // direct_spatial_mv_pred_flag
  const isStated = reader.flag();
  const lists = type === sliceType.b ? [0, 1] : [0];
  return lists.map((list) => {
    const count = isStated ? reader.ue() + 1 : defaults[list]!;
    checkLimit('number of reference indices', count, maxReferenceIndices);
    return count;
  });
}

/** @see ITU-T H.264, section 7.3.3.1 */
function skipListModification(reader: BitReader): void {
  if (!reader.flag()) return;
  for (let commands = 0; reader.ue() !== 3; commands++) {
    checkLimit('number of reference list commands', commands, maxListCommands);
    reader.ue();
  }
}

/** @see ITU-T H.264, section 7.3.3.2 */
function skipWeights(reader: BitReader, references: readonly number[], sps: AvcSequenceParameterSet): void {
  const hasChroma = sps.chromaFormat !== 0 && !sps.hasSeparatePlanes;
  reader.ue(); // luma_log2_weight_denom
  if (hasChroma) reader.ue();
  const skipPairs = (pairs: number): void => {
    if (!reader.flag()) return;
    for (let i = 0; i < 2 * pairs; i++) reader.se();
  };
  for (const count of references) {
    for (let i = 0; i < count; i++) {
      skipPairs(1);
      if (hasChroma) skipPairs(2);
    }
  }
}
