import { openWithLibav, type LibavDemuxer } from '../engine/demux/libav-demuxer.js';
import type { LibavScan } from '../engine/demux/libav-scan.js';
import { peek } from '../io/peek.js';
import { isIsobmff } from '../isobmff/reader/top-level.js';
import { openMp4, type Mp4Demuxer } from '../isobmff/reader/demuxer.js';
import { openMatroska, type MatroskaDemuxer } from '../matroska/demuxer.js';
import type { ChunkMemory, ReadOptions, Source } from '../media/source.js';
import { inflate } from './inflate.js';

/** Bytes at the beginning by which containers are told apart. */
const headBytes = 4096;

/** Options of {@link openDemuxer}. */
export interface OpenDemuxerOptions extends ReadOptions {
  /** Also read what Matroska keeps behind its Clusters: chapters, tags, attachments. */
  readonly includeTail?: boolean | undefined;
  /** Memory for the samples of what libavformat reads, of who reads them once and in order. */
  readonly memory?: ChunkMemory | undefined;
  /** What an earlier scan of the same bytes found, of what libavformat reads. */
  readonly scan?: LibavScan | undefined;
}

/** A demuxer of some container, told apart by `kind`, and the source to read on with. */
export type OpenedDemuxer = { readonly source: Source } & (
  | { readonly kind: 'matroska'; readonly demuxer: MatroskaDemuxer }
  | { readonly kind: 'mp4'; readonly demuxer: Mp4Demuxer }
  | { readonly kind: 'libav'; readonly demuxer: LibavDemuxer }
);

/**
 * Opens a source with the demuxer for what it holds, by its first bytes: Matroska and MP4 by our own, all else by
 * libavformat in a process of its own.
 * @param source - where the bytes come from; to be closed through what is returned, but when this fails.
 * @param options - a signal.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError | SourceError | EngineError} as the demuxer.
 */
export async function openDemuxer(source: Source, options: OpenDemuxerOptions = {}): Promise<OpenedDemuxer> {
  const peeked = await peek(source, headBytes, options.signal);
  try {
    if (isEbml(peeked.head)) {
      const demuxer = await openMatroska(peeked.source, { ...options, inflate });
      return { kind: 'matroska', source: peeked.source, demuxer };
    }
    if (!isIsobmff(peeked.head)) {
      const read = source.seekable ? source : peeked.source;
      if (source.seekable) await peeked.discard();
      const demuxer = await openWithLibav(read, { ...options, path: source.path });
      return { kind: 'libav', source: read, demuxer };
    }
    if (!source.seekable) {
      return { kind: 'mp4', source: peeked.source, demuxer: await openMp4(peeked.source, options) };
    }
    // Where the tables stand is anywhere: they are read as ranges.
    await peeked.discard();
    return { kind: 'mp4', source, demuxer: await openMp4(source, options) };
  } catch (error) {
    await peeked.discard();
    throw error;
  }
}

/** The EBML ID, with which each Matroska and WebM file begins: RFC 8794, section 11.2.1. */
function isEbml(head: Uint8Array): boolean {
  return head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3;
}
