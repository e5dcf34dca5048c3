import { MalformedMediaError } from '../../errors.js';
import { ByteWriter } from '../../bytes/byte-writer.js';
import { checkLimit } from '../../bytes/limits.js';

/** Bytes of the length field before each NAL unit of a sample. */
export type NalLengthSize = 1 | 2 | 4;

/** NAL units in one sample: a picture of 8K has at most 600 slices, and each may be a NAL unit. */
export const maxNalUnits = 4096;

/**
 * Reads the length of the NAL unit whose length field starts at `at`. The caller has seen that `lengthSize` bytes are
 * there.
 */
export function nalLengthAt(sample: Uint8Array, at: number, lengthSize: NalLengthSize): number {
  switch (lengthSize) {
    case 4:
      return sample[at]! * 0x1000000 + ((sample[at + 1]! << 16) | (sample[at + 2]! << 8) | sample[at + 3]!);
    case 2:
      return (sample[at]! << 8) | sample[at + 1]!;
    case 1:
      return sample[at]!;
  }
}

/**
 * Views the NAL units of a sample in MP4's and Matroska's form.
 * @param sample - NAL units, each after its length; not copied.
 * @returns the NAL units, empty ones left out; each shares memory with `sample`.
 * @throws {MalformedMediaError} when a length passes the end of the sample.
 * @throws {LimitExceededError} above {@link maxNalUnits}.
 * @see ISO/IEC 14496-15, section 5.3.2
 */
export function viewLengthPrefixedNalUnits(sample: Uint8Array, lengthSize: NalLengthSize): Uint8Array[] {
  const units: Uint8Array[] = [];
  let at = 0;
  while (at + lengthSize <= sample.length) {
    const length = nalLengthAt(sample, at, lengthSize);
    const start = at + lengthSize;
    if (length > sample.length - start) {
      throw new MalformedMediaError(
        `A NAL unit of ${length} bytes does not fit in the ${sample.length - start} that are left of its sample.`,
        { context: { offset: at, spec: 'ISO/IEC 14496-15, section 5.3.2' } },
      );
    }
    if (length > 0) units.push(sample.subarray(start, start + length));
    checkLimit('number of NAL units in a sample', units.length, maxNalUnits);
    at = start + length;
  }
  return units;
}

/**
 * Rewrites a sample to lengths of four bytes, the only ones that all who read MP4 expect. This copies the sample.
 * @param sample - NAL units, each after its length; one that passes the end of the sample is cut off there.
 * @param lengthSize - bytes of its lengths.
 * @returns a new buffer.
 * @throws {LimitExceededError} above {@link maxNalUnits}.
 * @see ISO/IEC 14496-15, section 5.3.2
 */
export function widenNalLengths(sample: Uint8Array, lengthSize: 1 | 2): Uint8Array {
  const units: Uint8Array[] = [];
  for (let at = 0; at + lengthSize <= sample.length;) {
    const start = at + lengthSize;
    const unit = sample.subarray(start, start + nalLengthAt(sample, at, lengthSize));
    units.push(unit);
    checkLimit('number of NAL units in a sample', units.length, maxNalUnits);
    at = start + unit.length;
  }
  const writer = new ByteWriter(units.reduce((size, unit) => size + 4 + unit.length, 0));
  for (const unit of units) {
    writer.u32(unit.length);
    writer.bytes(unit);
  }
  return writer.finish();
}
