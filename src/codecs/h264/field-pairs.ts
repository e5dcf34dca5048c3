import { LimitExceededError, MalformedMediaError } from '../../errors.js';
import { viewFirstSlice } from '../nal/framing.js';
import { avcNalType, avcNalTypeOf } from './nal-type.js';
import { KnownParameterSets } from './parameter-sets.js';
import { parseAvcSliceStart, type AvcSliceStart } from './slice-header.js';

/**
 * Whether two fields, the second directly behind the first, make one frame.
 * @see ITU-T H.264, sections 3.29 and 3.30 (complementary field pairs)
 */
export function makeOneFrame(first: AvcSliceStart, second: AvcSliceStart): boolean {
  return (
    first.structure !== 'frame' &&
    second.structure !== 'frame' &&
    second.structure !== first.structure &&
    second.frameNum === first.frameNum &&
    second.isReference === first.isReference &&
    !second.isIdr
  );
}

/**
 * Makes what tells whether a sample is the second field of the frame of which the one before it is the first.
 * @param codecPrivate - the track's parameter sets, as `avcC` or in Annex B; those in samples count too.
 * @returns asked once for each sample, in decode order; the beginning of a sample is enough, up to its first slice.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when they break the rules.
 */
export function createSecondFieldTest(codecPrivate: Uint8Array | undefined): (data: Uint8Array) => boolean {
  const sets = new KnownParameterSets();
  const lengthSize = sets.takePrivate(codecPrivate);
  let first: AvcSliceStart | undefined;
  return (data) => {
    try {
      const { before, slice } = viewFirstSlice(data, lengthSize, isSlice);
      for (const nal of before) sets.take(nal);
      const start = slice && parseAvcSliceStart(slice, sets);
      const isSecond = first !== undefined && start !== undefined && makeOneFrame(first, start);
      first = isSecond ? undefined : start;
      return isSecond;
    } catch (error) {
      if (!(error instanceof MalformedMediaError || error instanceof LimitExceededError)) throw error;
      // What is damaged stays alone.
      first = undefined;
      return false;
    }
  };
}

function isSlice(nal: Uint8Array): boolean {
  const type = avcNalTypeOf(nal);
  return type === avcNalType.slice || type === avcNalType.dataPartitionA || type === avcNalType.idrSlice;
}
