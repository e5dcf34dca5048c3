import type { ReadOptions, Source } from '../../media/source.js';
import { readAviPalettes, type AviPalettes } from './avi-palettes.js';
import { readCafPadding, type CafPadding } from './caf-padding.js';
import type { OpenReply } from './demux-protocol.js';
import { describeTracks } from './describe-tracks.js';

/** What is known of a source beside what libavformat says. */
export interface ReadBeside {
  /** What of sound in CAF is not meant to be heard. */
  readonly padding: CafPadding | undefined;
  /** Palettes of AVI that change on the way. */
  readonly palettes: AviPalettes | undefined;
}

/**
 * Reads of a source what its container states and libavformat does not tell.
 * @param source - one that can be read only once is not read.
 * @param opened - what libavformat says.
 * @param options - a signal.
 * @throws {SourceError} when the source cannot be read.
 */
export async function readBeside(
  source: Source,
  opened: OpenReply,
  options: ReadOptions,
): Promise<ReadBeside> {
  const { container } = opened;
  const isCaf = source.seekable && container === 'caf';
  const isAvi = source.seekable && container === 'avi';
  return {
    padding: isCaf ? await readCafPadding(source, options) : undefined,
    palettes: isAvi ? await readAviPalettes(source, describeTracks(opened), options) : undefined,
  };
}
