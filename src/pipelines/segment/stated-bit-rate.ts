import type { MediaInfo } from '../../media/media-info.js';

/** More is no bit rate of a track that anyone plays. */
const highestBitRate = 2e9;

/**
 * Reads what the file's statistics say of a track: mkvmerge writes them as tags.
 * @param info - what the container says.
 * @param trackId - the track.
 * @returns bits a second on average; undefined when nothing believable is stated.
 */
export function statedBitRate({ tags }: MediaInfo, trackId: number): number | undefined {
  const tag = tags.find(({ name, trackId: of }) => of === trackId && /^BPS(-eng)?$/i.test(name));
  const bitRate = tag !== undefined && /^\d{1,12}$/.test(tag.value) ? Number(tag.value) : 0;
  return bitRate > 0 && bitRate < highestBitRate ? bitRate : undefined;
}
