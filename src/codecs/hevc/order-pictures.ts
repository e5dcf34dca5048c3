import { BitReader } from '../../bytes/bit-reader.js';
import { SegmintError } from '../../errors.js';
import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { viewFirstSlice } from '../nal/framing.js';
import type { OrderPicture, PictureOrder } from '../picture-order.js';
import { hevcLengthSize, viewHevcParameterSets } from './configure.js';
import { hevcNalType, hevcNalTypeOf } from './nal-type.js';
import { parseHevcSequenceParameterSet, type HevcSequenceParameterSet } from './sps.js';

/** What of a picture parameter set is needed to read the beginning of a slice. */
interface SliceSyntax {
  readonly sps: number;
  readonly statesOutput: boolean;
  readonly extraBits: number;
}

/** Bytes of a slice in which its order count stands, with what may precede it. */
const headerBytes = 64;

/**
 * Makes what tells the order of an HEVC track's pictures.
 * @param codecPrivate - the track's parameter sets, as `hvcC` or in Annex B; those in samples count too.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when they break the rules.
 * @see ITU-T H.265, sections 7.3.6.1 (slice_segment_header) and 8.3.1 (picture order count)
 */
export function createHevcPictureOrder(codecPrivate: Uint8Array | undefined): OrderPicture {
  const lengthSize = hevcLengthSize(codecPrivate);
  const counter = new PictureOrderCounter();
  for (const nal of viewHevcParameterSets(codecPrivate).filter(isOfBaseLayer)) counter.takeParameterSet(nal);
  return (data) => {
    try {
      const { before, slice } = viewFirstSlice(data, lengthSize, isSlice);
      for (const nal of before) if (isOfBaseLayer(nal)) counter.takeParameterSet(nal);
      return slice && counter.next(slice);
    } catch (error) {
      // A damaged picture has no place; those behind it do.
      if (error instanceof SegmintError) return undefined;
      throw error;
    }
  };
}

function isOfBaseLayer(nal: Uint8Array): boolean {
  return nal.length > 2 && (nal[0]! & 1) === 0 && nal[1]! >> 3 === 0;
}

function isSlice(nal: Uint8Array): boolean {
  return isOfBaseLayer(nal) && hevcNalTypeOf(nal) <= hevcNalType.lastVcl;
}

class PictureOrderCounter {
  readonly #sequence = new Map<number, HevcSequenceParameterSet>();
  readonly #picture = new Map<number, SliceSyntax>();
  /** PicOrderCntVal of prevTid0Pic; undefined before the first picture. */
  #previous: number | undefined;

  takeParameterSet(nal: Uint8Array): void {
    const type = hevcNalTypeOf(nal);
    if (type === hevcNalType.sequenceParameterSet) {
      const sps = parseHevcSequenceParameterSet(nal);
      this.#sequence.set(sps.id, sps);
    } else if (type === hevcNalType.pictureParameterSet) {
      const reader = new BitReader(removeEmulationPrevention(nal.subarray(0, headerBytes)), 'HEVC PPS');
      reader.skip(16);
      const id = reader.ue();
      const sps = reader.ue();
      reader.skip(1); // dependent_slice_segments_enabled_flag
      // Ids above 63 are none, and no slice names them.
      if (id < 64) this.#picture.set(id, { sps, statesOutput: reader.flag(), extraBits: reader.bits(3) });
    }
  }

  /** Takes the first slice of the next picture. */
  next(slice: Uint8Array): PictureOrder | undefined {
    const type = hevcNalTypeOf(slice);
    const reader = new BitReader(removeEmulationPrevention(slice.subarray(0, headerBytes)), 'HEVC slice');
    reader.skip(16);
    // Where the first slice is missing, others do not tell alike where their counts stand.
    if (!reader.flag()) return undefined;
    if (type >= hevcNalType.firstIrap && type <= hevcNalType.lastIrap) reader.skip(1);
    const syntax = this.#picture.get(reader.ue());
    const sps = syntax && this.#sequence.get(syntax.sps);
    if (syntax === undefined || sps === undefined) return undefined;
    const isIdr = type === hevcNalType.idrWithLeading || type === hevcNalType.idrAlone;
    const lsb = isIdr ? 0 : readOrderLsb(reader, syntax, sps);
    const isFresh = type >= hevcNalType.firstIrap && type <= hevcNalType.idrAlone;
    const beginsSequence = isFresh || this.#previous === undefined;
    const count = beginsSequence ? lsb : nearest(lsb, this.#previous!, 2 ** sps.orderLsbBits);
    if (isCountedFrom(slice, type) || beginsSequence) this.#previous = count;
    return { count, beginsSequence, reorderDepth: sps.maxReorderPictures };
  }
}

function readOrderLsb(reader: BitReader, syntax: SliceSyntax, sps: HevcSequenceParameterSet): number {
  reader.skip(syntax.extraBits);
  reader.ue(); // slice_type
  if (syntax.statesOutput) reader.skip(1); // pic_output_flag
  if (sps.hasSeparatePlanes) reader.skip(2); // colour_plane_id
  return reader.bits(sps.orderLsbBits);
}

/** The count with these low bits that is nearest to the one before. */
function nearest(lsb: number, previous: number, span: number): number {
  const previousLsb = ((previous % span) + span) % span;
  const msb = previous - previousLsb;
  if (lsb < previousLsb && previousLsb - lsb >= span / 2) return msb + span + lsb;
  return lsb > previousLsb && lsb - previousLsb > span / 2 ? msb - span + lsb : msb + lsb;
}

/** Whether the next counts are relative to this picture's: of the lowest sub-layer, and neither leading nor disposable. */
function isCountedFrom(slice: Uint8Array, type: number): boolean {
  const isLowest = (slice[1]! & 7) === 1;
  const isLeading = type >= hevcNalType.radlN && type <= hevcNalType.raslR;
  const isNonReference = type <= hevcNalType.lastNonReference && type % 2 === 0;
  return isLowest && !isLeading && !isNonReference;
}
