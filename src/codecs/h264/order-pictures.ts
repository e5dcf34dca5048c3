import { LimitExceededError, MalformedMediaError } from '../../errors.js';
import { viewFirstSlice } from '../nal/framing.js';
import type { OrderPicture } from '../picture-order.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { KnownParameterSets } from './parameter-sets.js';
import { AvcPictureOrderCounter } from './picture-order-count.js';
import { avcReorderDepth } from './reorder-depth.js';
import { parseAvcSliceHeader } from './slice-header.js';

/**
 * Makes what tells the order of an H.264 track's pictures.
 * @param codecPrivate - the track's parameter sets, as `avcC` or in Annex B; those in samples count too.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when they break the rules.
 */
export function createAvcPictureOrder(codecPrivate: Uint8Array | undefined): OrderPicture {
  const sets = new KnownParameterSets();
  const lengthSize = sets.takePrivate(codecPrivate);
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

function isSlice(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  return type === avcNalType.slice || type === avcNalType.dataPartitionA || type === avcNalType.idrSlice;
}
