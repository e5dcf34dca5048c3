import { LimitExceededError, MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { abortable } from '../../io/abortable.js';
import type { Demuxer, SampleOptions } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
import { AudioAllowance, type AllowanceHolder } from './audio-allowance.js';
import { copyPackets } from './copy-packets.js';

/** Packets of a track that are known without reading. */
export interface KnownPackets {
  /** In stored order; their bytes last, and are not to be written into. */
  readonly packets: readonly Sample[];
  /** No packet of the track that stands before this offset is missing; Infinity at the end of the source. */
  readonly endOffset: number;
}

const maxPassages = 32;
/** What a packet takes beside its bytes. */
const packetBytes = 200;
const entryBytes = 8;
/** Audio tracks that are kept: those that were asked for last. */
const maxTracks = 2;

/** A stretch of the source that is read for its video, and the audio that is met in it. */
class Passage {
  readonly start: number;
  readonly trackIds: ReadonlySet<number>;
  /** Where it will probably end. */
  readonly likelyEnd: number;
  /** All that stands before this offset was met. */
  end: number;
  bytes = 0;
  isOpen = true;
  /** Offsets at which reading could begin, as the demuxer gives them. */
  readonly entries: number[] = [];
  readonly #packets: Sample[] = [];
  #packetBytes = 0;
  #change: Promise<void> | undefined;
  #tellChange: (() => void) | undefined;

  constructor(start: number, likelyEnd: number, trackIds: ReadonlySet<number>) {
    this.start = start;
    this.end = start;
    this.likelyEnd = likelyEnd;
    this.trackIds = trackIds;
  }

  /** Takes what was met. @returns the bytes that this takes. */
  push(batch: readonly Sample[]): number {
    const last = batch.at(-1);
    if (!this.isOpen || last === undefined) return 0;
    const packets = copyPackets(batch.filter(({ trackId }) => this.trackIds.has(trackId)));
    const before = this.bytes;
    for (const packet of packets) this.#packets.push(packet);
    this.#packetBytes += packets.reduce((sum, { data }) => sum + data.byteLength + packetBytes, 0);
    this.bytes = this.#packetBytes + this.entries.length * entryBytes;
    this.end = last.offset + 1;
    this.#tell();
    return this.bytes - before;
  }

  /** Nothing more is met. */
  close(): void {
    this.isOpen = false;
    this.#tell();
  }

  /** What is known of a track from an offset on. */
  from(trackId: number, offset: number): KnownPackets {
    const packets = this.#packets.filter((packet) => packet.trackId === trackId && packet.offset >= offset);
    return { packets, endOffset: this.end };
  }

  /** Waits until it has come further, or is closed. */
  changed(): Promise<void> {
    this.#change ??= new Promise((resolve) => {
      this.#tellChange = resolve;
    });
    return this.#change;
  }

  #tell(): void {
    this.#tellChange?.();
    this.#change = undefined;
    this.#tellChange = undefined;
  }
}

/**
 * Keeps the audio that is met while video is read: it lies between the pictures, and who asks for a segment of the one asks
 * for that of the other at about the same time. Its packets are copied, a few hundred kilobytes a segment; without them, all of the
 * video would be read a second time for them.
 *
 * What is told is what reading would give, whenever it is asked for.
 */
export class PassedAudio implements AllowanceHolder, Disposable {
  readonly #demuxer: Pick<Demuxer, 'samples'>;
  readonly #allowance: AudioAllowance;
  /** The track asked for last comes last. */
  readonly #trackIds: Set<number>;
  /** The oldest first. */
  readonly #passages = new Set<Passage>();
  #bytes = 0;

  /**
   * @param demuxer - gives samples in the order of their offsets, beginning at any that an index gives.
   * @param trackId - the audio track that will probably be asked for.
   * @param allowance - says how much may be kept.
   */
  constructor(
    demuxer: Pick<Demuxer, 'samples'>,
    trackId: number | undefined,
    allowance: AudioAllowance = new AudioAllowance(),
  ) {
    this.#demuxer = demuxer;
    this.#allowance = allowance;
    allowance.join(this);
    this.#trackIds = new Set(trackId === undefined ? [] : [trackId]);
  }

  /** What the kept packets take, in bytes. */
  get size(): number {
    return this.#bytes;
  }

  /** An audio track was read: from now on it is kept. */
  want(trackId: number): void {
    this.#trackIds.delete(trackId);
    this.#trackIds.add(trackId);
    const [oldest] = this.#trackIds;
    if (this.#trackIds.size > maxTracks) this.#trackIds.delete(oldest!);
  }

  /**
   * Reads the samples of a video track from an offset on, and keeps the audio between them. Where the two cannot be read
   * together, it goes on with the video alone: what is wrong with the audio is no reason for a viewer to see nothing.
   * @param videoId - the track.
   * @param startOffset - as an index gives it.
   * @param options - of the reading.
   * @throws as the demuxer does.
   */
  async *read(
    videoId: number,
    startOffset: number,
    options: SampleOptions,
  ): AsyncGenerator<readonly Sample[], void, undefined> {
    const audioIds = new Set(this.#trackIds);
    const passage = new Passage(startOffset, options.endOffset ?? Infinity, audioIds);
    for (const older of this.#passages) if (older.start === startOffset) this.#drop(older);
    this.#passages.add(passage);
    let given = 0;
    try {
      const trackIds = new Set([videoId, ...audioIds]);
      const reading = { ...options, startOffset, trackIds, entryOffsets: passage.entries };
      for await (const batch of this.#demuxer.samples(reading)) {
        const bytes = passage.push(batch);
        if (this.#passages.has(passage)) this.#bytes += bytes;
        this.trim(this.#allowance.share);
        const pictures = batch.filter(({ trackId }) => trackId === videoId);
        given += pictures.length;
        if (pictures.length > 0) yield pictures;
      }
      if (passage.isOpen) passage.end = Infinity;
      return;
    } catch (error) {
      if (audioIds.size === 0 || !isOfTheBytes(error)) throw error;
      // The next time, too, until audio of this source was read.
      this.#trackIds.clear();
    } finally {
      passage.close();
    }
    for await (const pictures of this.#demuxer.samples({
      ...options,
      startOffset,
      trackIds: new Set([videoId]),
    })) {
      const rest = pictures.slice(given);
      given = Math.max(0, given - pictures.length);
      if (rest.length > 0) yield rest;
    }
  }

  /**
   * Gives the packets of an audio track from an offset on, as far as they are known or will soon be, as what is being read
   * comes in.
   * @param fromOffset - such a place as reading could begin at, or as far as packets were given.
   * @param signal - ends the waiting.
   */
  async *follow(
    trackId: number,
    fromOffset: number,
    signal: AbortSignal,
  ): AsyncGenerator<KnownPackets, void, undefined> {
    let at = fromOffset;
    for (;;) {
      const passage = this.#passageAt(trackId, at);
      if (passage === undefined) return;
      if (passage.end > at) {
        const known = passage.from(trackId, at);
        at = known.endOffset;
        yield known;
      } else {
        await abortable(passage.changed(), signal);
      }
    }
  }

  /** The first offset from which on all packets of a track up to another offset are known; undefined when they are not. */
  knownFrom(trackId: number, offset: number): number | undefined {
    let start: number | undefined;
    let before = this.#passageAt(trackId, offset)?.start;
    while (before !== undefined) {
      start = before;
      before = this.#reaching(trackId, start)?.start;
    }
    return start;
  }

  /** The last place before an offset at which reading can begin; undefined when none was met. */
  entryBefore(trackId: number, offset: number): number | undefined {
    return this.#reaching(trackId, offset)?.entries.findLast((entry) => entry < offset);
  }

  trim(bytes: number): void {
    for (const oldest of this.#passages) {
      if (this.#bytes <= bytes && this.#passages.size <= maxPassages) return;
      this.#drop(oldest);
    }
  }

  /** Keeps nothing any more. */
  [Symbol.dispose](): void {
    for (const passage of this.#passages) this.#drop(passage);
    this.#allowance.leave(this);
  }

  /** What began before an offset, and has come so far. */
  #reaching(trackId: number, offset: number): Passage | undefined {
    for (const passage of this.#passages) {
      if (passage.trackIds.has(trackId) && passage.start < offset && passage.end >= offset) return passage;
    }
    return undefined;
  }

  /** Where something is known from an offset on: where the most is; else where it is on its way. */
  #passageAt(trackId: number, offset: number): Passage | undefined {
    let best: Passage | undefined;
    for (const passage of this.#passages) {
      if (!passage.trackIds.has(trackId) || passage.start > offset) continue;
      const isOfUse = passage.end > offset || (passage.isOpen && passage.likelyEnd > offset);
      if (isOfUse && (best === undefined || passage.end > best.end)) best = passage;
    }
    return best;
  }

  #drop(passage: Passage): void {
    if (!this.#passages.delete(passage)) return;
    this.#bytes -= passage.bytes;
    // Who waits for more of it reads by itself.
    passage.close();
  }
}

function isOfTheBytes(error: unknown): boolean {
  return (
    error instanceof MalformedMediaError ||
    error instanceof UnsupportedMediaError ||
    error instanceof LimitExceededError
  );
}
