import { LimitExceededError, MalformedMediaError } from '../../errors.js';
import { viewAnnexBNalUnits } from '../nal/annex-b.js';
import { isAnnexBTrack, viewFirstSlice } from '../nal/framing.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import type { OrderPicture } from '../picture-order.js';
import { parseAvcDecoderConfigurationRecord } from './avc-decoder-configuration-record.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { AvcPictureOrderCounter } from './picture-order-count.js';
import { parseAvcPictureParameterSet, type AvcPictureParameterSet } from './pps.js';
import { avcReorderDepth } from './reorder-depth.js';
import { parseAvcSliceHeader } from './slice-header.js';
import { parseAvcSequenceParameterSet, type AvcSequenceParameterSet } from './sps.js';

/**
 * Makes what tells the order of an H.264 track's pictures.
 * @param codecPrivate - the track's parameter sets, as `avcC` or in Annex B; those in samples count too.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when they break the rules.
 */
export function createAvcPictureOrder(codecPrivate: Uint8Array | undefined): OrderPicture {
  const sets = new ParameterSets();
  const lengthSize = takePrivate(sets, codecPrivate);
  const counter = new AvcPictureOrderCounter();
  return (data) => {
    try {
      const { before, slice } = viewFirstSlice(data, lengthSize, isSlice);
      for (const nal of before) sets.take(nal);
      const parsed = slice && parseAvcSliceHeader(slice, sets);
      if (parsed === undefined) return undefined;
      return { ...counter.next(parsed.header, parsed.sps), reorderDepth: avcReorderDepth(parsed.sps) };
    } catch (error) {
      // A damaged picture has no place; those behind it do.
      if (error instanceof MalformedMediaError || error instanceof LimitExceededError) return undefined;
      throw error;
    }
  };
}

function takePrivate(sets: ParameterSets, codecPrivate: Uint8Array | undefined): NalLengthSize | undefined {
  if (isAnnexBTrack(codecPrivate)) {
    if (codecPrivate !== undefined) viewAnnexBNalUnits(codecPrivate).forEach((nal) => sets.take(nal));
    return undefined;
  }
  const record = parseAvcDecoderConfigurationRecord(codecPrivate!);
  for (const nal of [...record.sequenceParameterSets, ...record.pictureParameterSets]) sets.take(nal);
  return record.lengthSize;
}

function isSlice(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  return type === avcNalType.slice || type === avcNalType.dataPartitionA || type === avcNalType.idrSlice;
}

/** The parameter sets in force. There are at most 32 and 256: ids are bounded. */
class ParameterSets {
  readonly sequence = new Map<number, AvcSequenceParameterSet>();
  readonly picture = new Map<number, AvcPictureParameterSet>();

  take(nal: Uint8Array): void {
    if (nal.length === 0) return;
    const type = avcNalTypeOf(nal);
    if (type === avcNalType.sequenceParameterSet) {
      const sps = parseAvcSequenceParameterSet(nal);
      this.sequence.set(sps.id, sps);
    } else if (type === avcNalType.pictureParameterSet) {
      const pps = parseAvcPictureParameterSet(nal);
      this.picture.set(pps.id, pps);
    }
  }
}
