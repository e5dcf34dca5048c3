import { KeyframeCollector } from '../codecs/keyframe-collector.js';
import { RequestError } from '../errors.js';
import { DamageLog } from '../media/damage-log.js';
import type { Damage, Demuxer, SampleOptions } from '../media/demuxer.js';
import type { KeyframeScan } from '../media/keyframe-scan.js';
import type { Keyframe } from '../media/media-index.js';
import { likelyOffsetAt } from '../media/likely-offset.js';
import type { MediaInfo } from '../media/media-info.js';
import type { Sample } from '../media/sample.js';
import type { ChunkMemory, ReadOptions, Source } from '../media/source.js';
import { rescale } from '../time/rescale.js';
import { clockRate } from './describe-track.js';
import { findTime } from './find-time.js';
import { pidAt, syncByte } from './packet.js';
import { SampleSession } from './sample-session.js';
import { elapsedTicks, readLastTime } from './stated-times.js';
import type { TransportHead, TransportTrack } from './transport-head.js';

/** Options of {@link openTransportStream}. */
export interface TransportStreamOptions extends ReadOptions {
  /** What an earlier scan of the same bytes found. */
  readonly scan?: KeyframeScan | undefined;
  /**
   * Memory for pictures, of who reads them once, from one place on. A chunk of it is lent as if it held the bytes of the
   * source up to the last picture in it: it is free when all that is in use lies behind that.
   */
  readonly memory?: ChunkMemory | undefined;
  /** Gives back what was opened for reading the head. */
  readonly discardHead?: (() => Promise<void>) | undefined;
}

/** Options of {@link TransportStreamDemuxer.scanKeyframes}. */
export interface TransportScanOptions extends ReadOptions {
  /** Bytes of the source after which the scan gives up; without it the whole source is read. */
  readonly budgetBytes?: number | undefined;
}

/** A transport stream being read. */
export interface TransportStreamDemuxer extends Demuxer {
  /**
   * Reads the source from its beginning to its end and notes where decoding a video track can begin. From then on this
   * demuxer begins anywhere by what was found.
   * @param trackId - the track's `id`.
   * @param options - a signal and a budget.
   * @throws {RequestError} when there is no such video track, or the source can be read only once.
   * @throws {SourceError} when the source cannot be read.
   */
  scanKeyframes(trackId: number, options?: TransportScanOptions): Promise<KeyframeScan>;

  /**
   * Gives back what was opened for reading the head, when samples are never asked for. Safe to call at any time; does not
   * close the source.
   */
  close(): Promise<void>;
}

/** Durations above this are a lie or a mistake. */
const mostDurationTicks = 24 * 3600 * clockRate;

/** What is read before a place, where the streams' PIDs are not known there: tables come several times a second. */
const leadBytes = 512 << 10;

/** How far before a time a picture is looked for that decoding can begin at, in bytes, one after another. */
const stepsBack: readonly number[] = [2 << 20, 8 << 20, 32 << 20, 128 << 20];

/**
 * Opens a transport stream.
 * @param source - where the bytes are; stays the caller's to close.
 * @param head - what its beginning says.
 * @param options - a signal, memory, and what is known already.
 * @throws {SourceError} when the source cannot be read.
 * @see ISO/IEC 13818-1
 */
export async function openTransportStream(
  source: Source,
  head: TransportHead,
  options: TransportStreamOptions = {},
): Promise<TransportStreamDemuxer> {
  const lastTime = await readLastTime(source, head.distance, head.programme.pids, options);
  return new TransportDemuxer(source, head, lastTime, options);
}

class TransportDemuxer implements TransportStreamDemuxer {
  readonly info: MediaInfo;
  readonly #source: Source;
  readonly #head: TransportHead;
  readonly #lastTime: number | undefined;
  readonly #memory: ChunkMemory | undefined;
  readonly #discardHead: (() => Promise<void>) | undefined;
  readonly #damage = new DamageLog();
  #scan: KeyframeScan | undefined;
  #isRead = false;

  constructor(
    source: Source,
    head: TransportHead,
    lastTime: number | undefined,
    { scan, memory, discardHead }: TransportStreamOptions,
  ) {
    this.#source = source;
    this.#head = head;
    this.#lastTime = lastTime;
    this.#scan = scan;
    this.#memory = memory;
    this.#discardHead = discardHead;
    this.info = describeMedia(head, lastTime);
  }

  get damage(): readonly Damage[] {
    return this.#damage.entries;
  }

  get damageCount(): number {
    return this.#damage.count;
  }

  async *samples(options: SampleOptions = {}): AsyncGenerator<readonly Sample[], void, undefined> {
    const { signal, trackIds, endNs } = options;
    const likelyEnd = endNs === undefined ? undefined : likelyOffsetAt(this.#scan?.keyframes ?? [], endNs);
    signal?.throwIfAborted();
    if (!this.#source.seekable) this.#claim();
    const place = this.#source.seekable ? await this.#place(options) : 0;
    const start = await this.#readingStart(place, signal);
    const session = this.#session(start, { trackIds, memory: this.#memory });
    for await (const samples of this.#read(session, start, { signal, end: options.endOffset ?? likelyEnd })) {
      const behind = start === place ? samples : samples.filter(({ offset }) => offset >= place);
      if (behind.length > 0) yield behind;
    }
  }

  async scanKeyframes(trackId: number, options: TransportScanOptions = {}): Promise<KeyframeScan> {
    const { signal, budgetBytes = Infinity } = options;
    const video = this.#trackOf(trackId)?.track;
    if (video?.type !== 'video') throw new RequestError(`There is no video track ${trackId}.`, 'not_found');
    if (!this.#source.seekable) {
      throw new RequestError('A source that is not seekable cannot be scanned: it is read only once.');
    }
    const { size = Infinity } = this.#source;
    const session = this.#session(0, { beginningsOnly: true });
    const collector = new KeyframeCollector(video, this.info.tracks);
    const isComplete = size <= budgetBytes;
    if (isComplete) {
      for await (const samples of this.#read(session, 0, { signal })) {
        for (const sample of samples) collector.push(sample);
      }
    }
    const { keyframes, trackEndsNs } = collector;
    this.#scan = { trackId, keyframes, trackEndsNs, stretches: session.stretches, isComplete };
    return this.#scan;
  }

  async close(): Promise<void> {
    await this.#discardHead?.();
  }

  /** Reads on from a place to the end, a batch of samples for each chunk in which some end. */
  async *#read(
    session: SampleSession,
    start: number,
    options: { readonly signal: AbortSignal | undefined; readonly end?: number | undefined },
  ): AsyncGenerator<readonly Sample[], void, undefined> {
    for await (const chunk of this.#source.stream(start, options)) {
      const samples = session.push(chunk);
      if (samples.length > 0) yield samples;
      if (session.hasGone) break;
    }
    const last = session.finish();
    if (last.length > 0) yield last;
  }

  #session(
    startOffset: number,
    options: {
      readonly trackIds?: ReadonlySet<number> | undefined;
      readonly memory?: ChunkMemory | undefined;
      readonly beginningsOnly?: boolean;
    },
  ): SampleSession {
    const before = this.#keyframeBefore((one) => one.offset <= startOffset);
    return new SampleSession({
      head: this.#head,
      damage: this.#damage,
      stretches: this.#scan?.stretches ?? [],
      startOffset,
      referenceNs: before?.timeNs,
      ...options,
    });
  }

  #claim(): void {
    if (this.#isRead) throw new RequestError('A source that is not seekable can be read only once.');
    this.#isRead = true;
  }

  /** The first byte that is wanted. */
  async #place(options: SampleOptions): Promise<number> {
    const { startNs, startOffset, seekTrackId, signal } = options;
    if (startOffset !== undefined) return startOffset;
    if (startNs === undefined) return 0;
    const track = this.#seekTrack(seekTrackId);
    if (this.#scan?.isComplete === true) {
      return this.#keyframeBefore(({ timeNs }) => timeNs <= startNs)?.offset ?? 0;
    }
    return track === undefined ? 0 : await this.#findPlace(track, startNs, signal);
  }

  /** Where reading begins so that everything from a place on is had. */
  async #readingStart(place: number, signal: AbortSignal | undefined): Promise<number> {
    const first = await this.#isOnUnknownPid(place, signal);
    return first ? Math.max(0, place - leadBytes) : place;
  }

  /** Whether a packet stands at a place that is of no stream as the beginning has them: the programme has moved. */
  async #isOnUnknownPid(place: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (place <= 0) return false;
    const packet = await this.#source.read(place, 4, { signal });
    const pids = new Set(this.#head.tracks.map(({ info }) => info.pid));
    return packet[0] === syncByte && !pids.has(pidAt(packet, 0));
  }

  /** Finds a place without an index, where the clock is such that this can be done; else the beginning. */
  async #findPlace(
    { info, track }: TransportTrack,
    startNs: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { distance, startTime } = this.#head;
    const lastTime = this.#lastTime;
    const pts = Math.floor(rescale(Math.round(startNs), 1e9, clockRate, 'down'));
    if (lastTime === undefined || pts <= startTime) return 0;
    const search = { distance, pid: info.pid, pts: Math.min(pts, lastTime), startTime, lastTime };
    const found = await findTime(this.#source, search, { signal });
    if (found === undefined) return 0;
    for (const step of stepsBack) {
      const from = Math.max(0, found - step);
      const offset = await this.#lastKeyframe(from, track.id, pts, signal);
      if (offset !== undefined || from === 0) return offset ?? 0;
    }
    return 0;
  }

  /** The last random access point of a track that is not after a time, among those that stand behind a place. */
  async #lastKeyframe(
    from: number,
    trackId: number,
    pts: number,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const session = this.#session(from, { trackIds: new Set([trackId]), beginningsOnly: true });
    let found: number | undefined;
    for await (const samples of this.#read(session, from, { signal })) {
      for (const { presentationTime, isSync, offset } of samples) {
        if (presentationTime <= pts && isSync) found = offset;
        // Pictures may be shown before those that precede them; none so much earlier.
        if (presentationTime > pts + clockRate) return found;
      }
    }
    return found;
  }

  #seekTrack(trackId: number | undefined): TransportTrack | undefined {
    const ofType = (type: string): TransportTrack | undefined =>
      this.#head.tracks.find(({ track }) => track.type === type);
    return this.#trackOf(trackId) ?? ofType('video') ?? ofType('audio');
  }

  #trackOf(trackId: number | undefined): TransportTrack | undefined {
    return this.#head.tracks.find(({ track }) => track.id === trackId);
  }

  #keyframeBefore(isBefore: (keyframe: Keyframe) => boolean): Keyframe | undefined {
    return this.#scan?.keyframes.findLast(isBefore);
  }
}

function describeMedia(
  { tracks, programme, survey, startTime }: TransportHead,
  lastTime: number | undefined,
) {
  const others = survey.programmes.filter(({ streams }) => streams.some(({ content }) => 'codec' in content));
  const list = others.map(({ number }) => number).join(', ');
  const ticks = lastTime === undefined ? -1 : elapsedTicks(startTime, lastTime) + longestFrame(tracks);
  return {
    container: 'mpegts',
    durationNs: ticks > 0 && ticks <= mostDurationTicks ? rescale(ticks, clockRate, 1e9) : undefined,
    title: undefined,
    writingApp: undefined,
    tracks: tracks.map(({ track }) => track),
    chapters: [],
    tags:
      others.length > 1
        ? [{ name: 'PROGRAMME', value: `${programme.number} of ${list}`, trackId: undefined }]
        : [],
    attachments: [],
  } satisfies MediaInfo;
}

function longestFrame(tracks: readonly TransportTrack[]): number {
  return Math.max(0, ...tracks.map(({ track }) => track.defaultDuration ?? 0));
}
