import { fullBox, type Box } from '../box.js';
import { writeTimes } from '../times.js';
import { writeMatrix } from '../matrix.js';

/** What the movie header says. */
export interface MovieHeader {
  /** Ticks a second of the movie's duration. */
  readonly timescale: number;
  /** Ticks; 0 when all of it is in the fragments. */
  readonly duration: number;
  /** Larger than any track_ID in use. */
  readonly nextTrackId: number;
}

/**
 * MovieHeaderBox. Creation times are zero, so that equal input makes equal bytes.
 * @see ISO/IEC 14496-12 - 8.2.2
 */
export function buildMvhd({ timescale, duration, nextTrackId }: MovieHeader): Box {
  const version = duration > 0xffffffff ? 1 : 0;
  return fullBox('mvhd', version, 0, version === 1 ? 108 : 96, (writer) => {
    writeTimes(writer, version, timescale, duration);
    writer.u32(0x00010000); // rate 1.0
    writer.u16(0x0100); // volume 1.0
    writer.zeros(10);
    writeMatrix(writer, 0, 0, 0);
    writer.zeros(24);
    writer.u32(nextTrackId);
  });
}
