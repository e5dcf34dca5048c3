import { chooseProgramme } from '../engine/demux/choose-programme.js';
import { openWithLibav, type LibavDemuxer } from '../engine/demux/libav-demuxer.js';
import { peek, type PeekedSource } from '../io/peek.js';
import { isIsobmff } from '../isobmff/reader/top-level.js';
import { openMp4, type Mp4Demuxer } from '../isobmff/reader/demuxer.js';
import { openMatroska, type MatroskaDemuxer } from '../matroska/demuxer.js';
import type { KeyframeScan } from '../media/keyframe-scan.js';
import type { ChunkMemory, ReadOptions, Source } from '../media/source.js';
import type { Track } from '../media/track.js';
import { openTransportStream, type TransportStreamDemuxer } from '../mpegts/demuxer.js';
import { findPackets } from '../mpegts/packet.js';
import { parseTransportProgrammes } from '../mpegts/programmes.js';
import { describeTransport } from '../mpegts/transport-head.js';
import { inflate } from './inflate.js';
import { settleSound } from './settle-sound.js';

/** Bytes at the beginning by which containers are told apart. */
const headBytes = 4096;

/** The beginning of a transport stream in which the tables of its programmes come, as a rule several times. */
const programmeBytes = 1 << 20;

/** How much of a transport stream is looked at, and how much more where that does not tell what is in it. */
const transportBytes: readonly number[] = [512 << 10, 2 << 20, 5 << 20];

/**
 * How many places of a source that is not local are read for chapters of MP4: most writers put all titles at one. Where each is
 * among the pictures of its chapter, playing does not wait for all of them.
 */
const remoteChapterReads = 4;

/** Options of {@link openDemuxer}. */
export interface OpenDemuxerOptions extends ReadOptions {
  /** Also read what Matroska keeps behind its Clusters: chapters, tags, attachments. */
  readonly includeTail?: boolean | undefined;
  /** Also read chapters of MP4 that are in a track of text. */
  readonly includeChapters?: boolean | undefined;
  /** The video may be decoded: edit lists of MP4 that cut within groups of pictures are carried out. */
  readonly mayHidePictures?: boolean | undefined;
  /** Memory for the samples of what libavformat reads, of who reads them once and in order. */
  readonly memory?: ChunkMemory | undefined;
  /** What an earlier scan of the same bytes found, of what libavformat reads. */
  readonly scan?: KeyframeScan | undefined;
}

/** A demuxer of some container, told apart by `kind`, and the source to read on with. */
export type OpenedDemuxer = { readonly source: Source } & (
  | { readonly kind: 'matroska'; readonly demuxer: MatroskaDemuxer }
  | { readonly kind: 'mp4'; readonly demuxer: Mp4Demuxer }
  | { readonly kind: 'mpegts'; readonly demuxer: TransportStreamDemuxer }
  | { readonly kind: 'libav'; readonly demuxer: LibavDemuxer }
);

/**
 * Opens a source with the demuxer for what it holds, by its first bytes: Matroska, MP4 and most transport streams by our own,
 * all else by libavformat in a process of its own.
 * @param source - where the bytes come from; to be closed through what is returned, but when this fails.
 * @param options - a signal.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError | SourceError | EngineError} as the demuxer.
 */
export async function openDemuxer(source: Source, options: OpenDemuxerOptions = {}): Promise<OpenedDemuxer> {
  let peeked = await peek(source, headBytes, options.signal);
  try {
    if (isEbml(peeked.head)) {
      const demuxer = await openMatroska(peeked.source, { ...options, inflate });
      return { kind: 'matroska', source: peeked.source, demuxer };
    }
    if (findPackets(peeked.head) !== undefined) {
      const { opened, source: unread } = await openTransport(peeked, options);
      peeked = unread;
      if (opened !== undefined) return opened;
    }
    if (!isIsobmff(peeked.head)) {
      const read = source.seekable ? source : peeked.source;
      if (source.seekable) await peeked.discard();
      const demuxer = await openProgramme(read, options);
      return { kind: 'libav', source: read, demuxer };
    }
    if (!source.seekable) {
      return { kind: 'mp4', source: peeked.source, demuxer: await openMp4(peeked.source, options) };
    }
    // Where the tables stand is anywhere: they are read as ranges.
    await peeked.discard();
    const most = source.isLocal === true ? Infinity : remoteChapterReads;
    const maxChapterReads = options.includeChapters === true ? most : 0;
    return { kind: 'mp4', source, demuxer: await openMp4(source, { ...options, maxChapterReads }) };
  } catch (error) {
    await peeked.discard();
    throw error;
  }
}

/**
 * Opens a transport stream, when its beginning tells that all of it can be taken apart here.
 * @returns `opened`, or undefined where libavformat is to be asked; and the source with what was looked at of it.
 */
async function openTransport(
  begun: PeekedSource,
  { signal, scan, memory }: OpenDemuxerOptions,
): Promise<{ readonly opened: OpenedDemuxer | undefined; readonly source: PeekedSource }> {
  let peeked = begun;
  for (const length of transportBytes) {
    const looked = await peek(peeked.source, length, signal);
    peeked = looked;
    // Of large pictures few are in it: more is not looked at.
    const isAll = peeked.head.length < length || length === transportBytes.at(-1);
    const described = describeTransport(peeked.head, isAll);
    if (described === 'more') continue;
    const head = described && (await settleSound(described, peeked.head, { signal }));
    if (head === undefined) break;
    const demuxer = await openTransportStream(peeked.source, head, {
      ...{ signal, scan, memory },
      discardHead: () => looked.discard(),
    });
    return { opened: { kind: 'mpegts', source: peeked.source, demuxer }, source: peeked };
  }
  return { opened: undefined, source: peeked };
}

/** Opens a source with libavformat; of a transport stream of several programmes that can be looked into, one of them. */
async function openProgramme(source: Source, options: OpenDemuxerOptions): Promise<LibavDemuxer> {
  const demuxer = await openWithLibav(source, { ...options, path: source.path });
  try {
    const { container, tracks } = demuxer.info;
    // Picture and sound alone need no choice.
    const isPlain = tracks.length === 2 && tracks.every(isUnderstood);
    if (container !== 'mpegts' || isPlain || !source.seekable) return demuxer;
    const length = Math.min(programmeBytes, source.size ?? programmeBytes);
    const head = await source.read(0, length, { signal: options.signal });
    return chooseProgramme(demuxer, parseTransportProgrammes(head));
  } catch (error) {
    await demuxer.close();
    throw error;
  }
}

/** Whether libavformat made out what a track is: of scrambled ones it cannot. */
function isUnderstood(track: Track): boolean {
  return track.type === 'video' ? track.width > 0 : track.type !== 'audio' || track.sampleRate > 0;
}

/** The EBML ID, with which each Matroska and WebM file begins: RFC 8794, section 11.2.1. */
function isEbml(head: Uint8Array): boolean {
  return head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3;
}
