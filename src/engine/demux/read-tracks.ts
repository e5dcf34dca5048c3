import type { ReadOptions, Source } from '../../media/source.js';
import { readAviPalettes, type AviPalettes } from './avi-palettes.js';
import { readCafPadding, withoutPadding } from './caf-padding.js';
import type { OpenReply } from './demux-protocol.js';
import { describeTracks, type StreamTrack } from './describe-tracks.js';
import { withFrameClocks } from './frame-clocks.js';

/** The tracks of a source, with what its container states of them and libavformat does not tell. */
export interface KnownTracks {
  /** In the order of the source. */
  readonly tracks: readonly StreamTrack[];
  /** Palettes of AVI that change on the way; undefined where none do. */
  readonly palettes: AviPalettes | undefined;
}

/**
 * Describes the tracks of a source, and reads of it what libavformat does not tell.
 * @param source - one that can be read only once is not read.
 * @param opened - what libavformat says.
 * @param options - a signal.
 * @throws {SourceError} when the source cannot be read.
 */
export async function readTracks(
  source: Source,
  opened: OpenReply,
  options: ReadOptions,
): Promise<KnownTracks> {
  const { container } = opened;
  const isCaf = source.seekable && container === 'caf';
  const isAvi = source.seekable && container === 'avi';
  const described = describeTracks(opened);
  const padding = isCaf ? await readCafPadding(source, options) : undefined;
  return {
    tracks: withFrameClocks(withoutPadding(described, padding), container),
    palettes: isAvi ? await readAviPalettes(source, described, options) : undefined,
  };
}
