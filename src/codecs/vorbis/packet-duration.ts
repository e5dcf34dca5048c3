import type { VorbisHeaders } from './headers.js';

/**
 * Makes the measure of Vorbis packets fed in order: each advances the output from the middle of the block before to
 * the middle of its own. Before a short block that comes first, a short one is assumed; a long block tells itself
 * what preceded it.
 * @returns samples for a packet; undefined for headers and for modes that do not exist.
 * @see Vorbis I specification, sections 4.3.1 and 4.3.8
 */
export function createVorbisMeasure(headers: VorbisHeaders): (packet: Uint8Array) => number | undefined {
  const modeBits = 32 - Math.clz32(headers.isLongMode.length - 1);
  let previous = headers.shortBlock;
  return (packet) => {
    const first = packet[0];
    if (first === undefined || (first & 1) !== 0) return undefined;
    const isLong = headers.isLongMode[(first >> 1) & ((1 << modeBits) - 1)];
    if (isLong === undefined) return undefined;
    const block = isLong ? headers.longBlock : headers.shortBlock;
    if (isLong) {
      const bit = 1 + modeBits;
      const wasLong = (((packet[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
      previous = wasLong ? headers.longBlock : headers.shortBlock;
    }
    const samples = (previous + block) / 4;
    previous = block;
    return samples;
  };
}
