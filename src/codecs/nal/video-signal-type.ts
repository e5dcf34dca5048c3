import type { BitReader } from '../../bytes/bit-reader.js';
import type { VideoColor } from '../../media/track.js';

/** Code point of H.273 for "unspecified". */
const unspecified = 2;

/**
 * Reads the video_signal_type part of a VUI, after its present flag; H.264 and HEVC write it alike.
 * @see ITU-T H.264, section E.1.1; ITU-T H.265, section E.2.1
 */
export function readVideoSignalType(reader: BitReader): VideoColor {
  reader.skip(3); // video_format
  const fullRange = reader.flag();
  if (!reader.flag()) {
    return { primaries: unspecified, transfer: unspecified, matrix: unspecified, fullRange };
  }
  const primaries = reader.bits(8);
  const transfer = reader.bits(8);
  return { primaries, transfer, matrix: reader.bits(8), fullRange };
}
