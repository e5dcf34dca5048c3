import { openFullBox, type BoxView } from '../box-view.js';

/** Random access points of one track of a fragmented file. */
export interface TrackFragmentRandomAccess {
  /** track_ID. */
  readonly trackId: number;
  /** Presentation time of each point in ticks of the track. */
  readonly times: Float64Array;
  /** Byte offset of the moof that holds each point. */
  readonly moofOffsets: Float64Array;
}

/**
 * Parses a TrackFragmentRandomAccessBox.
 * @throws {MalformedMediaError} when it is too small for its entries.
 * @see ISO/IEC 14496-12 - 8.8.10
 */
export function parseTfra(box: BoxView): TrackFragmentRandomAccess {
  const { version, cursor } = openFullBox(box);
  const trackId = cursor.u32();
  const lengths = cursor.u32();
  const numbersSize = ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3) + 3;
  const count = cursor.u32();
  if (count * ((version === 1 ? 16 : 8) + numbersSize) > cursor.remaining) {
    throw cursor.malformed(`claims ${count} entries, more than it has bytes for`);
  }
  const times = new Float64Array(count);
  const moofOffsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    times[i] = version === 1 ? cursor.u64() : cursor.u32();
    moofOffsets[i] = version === 1 ? cursor.u64() : cursor.u32();
    cursor.skip(numbersSize);
  }
  return { trackId, times, moofOffsets };
}
