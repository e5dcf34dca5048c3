import { parseVorbisHeaders } from '../codecs/vorbis/headers.js';
import { MalformedMediaError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';

/**
 * Vorbis packets have two or three lengths, all of them multiples of a quarter of the short block.
 * @param track - of any codec.
 * @returns that quarter, in samples; 0 for other codecs, and where the headers cannot be read.
 */
export function vorbisGranule({ codec, codecPrivate }: AudioTrack): number {
  if (codec !== 'vorbis' || codecPrivate === undefined) return 0;
  try {
    return parseVorbisHeaders(codecPrivate).shortBlock / 4;
  } catch (error) {
    if (error instanceof MalformedMediaError) return 0;
    throw error;
  }
}
