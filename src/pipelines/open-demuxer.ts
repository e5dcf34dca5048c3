import { peek } from '../io/peek.js';
import { isIsobmff } from '../isobmff/reader/top-level.js';
import { openMp4, type Mp4Demuxer } from '../isobmff/reader/demuxer.js';
import { openMatroska, type MatroskaDemuxer } from '../matroska/demuxer.js';
import type { ReadOptions, Source } from '../media/source.js';
import { inflate } from './inflate.js';

/** Bytes at the beginning by which containers are told apart. */
const headBytes = 4096;

/** Options of {@link openDemuxer}. */
export interface OpenDemuxerOptions extends ReadOptions {
  /** Also read what Matroska keeps behind its Clusters: chapters, tags, attachments. */
  readonly includeTail?: boolean | undefined;
}

/** A demuxer of some container, told apart by `kind`, and the source to read on with. */
export type OpenedDemuxer = { readonly source: Source } & (
  | { readonly kind: 'matroska'; readonly demuxer: MatroskaDemuxer }
  | { readonly kind: 'mp4'; readonly demuxer: Mp4Demuxer }
);

/**
 * Opens a source with the demuxer for what it holds, by its first bytes.
 * @param source - where the bytes come from; to be closed through what is returned, but when this fails.
 * @param options - a signal.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError | SourceError} as the demuxer.
 */
export async function openDemuxer(source: Source, options: OpenDemuxerOptions = {}): Promise<OpenedDemuxer> {
  const { head, source: peeked } = await peek(source, headBytes, options.signal);
  if (isIsobmff(head)) return { kind: 'mp4', source: peeked, demuxer: await openMp4(peeked, options) };
  return { kind: 'matroska', source: peeked, demuxer: await openMatroska(peeked, { ...options, inflate }) };
}
