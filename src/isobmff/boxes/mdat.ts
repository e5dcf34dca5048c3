import type { Box } from '../box.js';

/** Bytes of the header that {@link buildMdatHeader} writes. */
export const MDAT_HEADER_SIZE = 8;

/**
 * Header of a MediaDataBox; the samples' own bytes follow as views. A fragment stays below 2 GiB (its track runs'
 * offsets are signed 32-bit numbers), so that the 64-bit form of the size is never needed.
 * @param dataSize - bytes of all samples.
 * @see ISO/IEC 14496-12 - 8.1.1
 */
export function buildMdatHeader(dataSize: number): Box {
  return {
    size: MDAT_HEADER_SIZE,
    write(writer) {
      writer.u32(MDAT_HEADER_SIZE + dataSize);
      writer.ascii('mdat');
    },
  };
}
