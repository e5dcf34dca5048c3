import { parseStatisticsTags } from '../../matroska/statistics-tags.js';
import type { MediaInfo } from '../../media/media-info.js';

/** More is no bit rate of a track that anyone plays. */
const highestBitRate = 2e9;

/**
 * Reads what the file's statistics say of a track, where they can be believed.
 * @param info - what the container says.
 * @param trackId - the track.
 * @param sourceBytes - size of the source, where that is known.
 * @returns bits a second on average; undefined when nothing believable is stated.
 */
export function statedBitRate(
  info: MediaInfo,
  trackId: number,
  sourceBytes: number | undefined,
): number | undefined {
  const bitRate = parseStatisticsTags(info, sourceBytes).get(trackId)?.bitRate ?? 0;
  return bitRate > 0 && bitRate < highestBitRate ? bitRate : undefined;
}
