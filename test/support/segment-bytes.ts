import { joinBytes } from './read-stream.js';
import { readBoxes } from './mp4-boxes.js';

/**
 * Joins an init segment and media segments as one fragmented MP4, without the `styp` that each segment begins with.
 * @throws {RangeError} when a segment is anything but `styp moof mdat`.
 */
export function joinSegments(init: Uint8Array, segments: readonly Uint8Array[]): Uint8Array {
  const bodies = segments.map((segment) => {
    const boxes = readBoxes(segment);
    const order = boxes.map(({ type }) => type).join(' ');
    if (order !== 'styp moof mdat') throw new RangeError(`a segment is ${order}`);
    return segment.subarray(boxes[0]!.bytes.length);
  });
  return joinBytes([init, ...bodies]);
}
