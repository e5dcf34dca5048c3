import { PresentationRestorer } from '../../codecs/restore-presentation.js';
import type { Sample } from '../../media/sample.js';
import type { ChunkMemory } from '../../media/source.js';
import { ContinuousTime, type ClockStretch } from '../../time/continuous-time.js';
import type { DamageLog } from '../../media/damage-log.js';
import { WHOLE_PACKET } from './demux-protocol.js';
import type { StreamTrack } from './describe-tracks.js';
import type { LibavSession } from './libav-session.js';
import { SampleBuilder } from '../../media/sample-builder.js';

/** What a reader wants of a session, and what is known before. */
export interface SampleReaderOptions {
  /** All tracks. */
  readonly tracks: readonly StreamTrack[];
  /** Bytes of a track's samples that are wanted: all unless it says otherwise, none for a track of which only times are. */
  readonly bytesOf: (track: StreamTrack) => number;
  /** Whether the source's clock may jump: then all tracks are read for their times, wanted or not. */
  readonly mayJump: boolean;
  /** Stretches of the clock that an earlier reading found. */
  readonly stretches: readonly ClockStretch[];
  /** Where reading begins. */
  readonly startOffset: number;
  /** About when that is, in nanoseconds, where it is known. */
  readonly referenceNs: number | undefined;
  /** Whether the container states decode times of pictures alone. */
  readonly hasDecodeTimesOnly: boolean;
  /** Told of damage. */
  readonly damage: DamageLog;
  /** The session's memory. */
  readonly memory: ChunkMemory | undefined;
}

/** A sample and whether its own place in the source is known. */
export interface PlacedSample {
  /** The sample. */
  readonly sample: Sample;
  /** Whether `offset` is that of this sample, or of one shortly before it; else nothing is known yet. */
  readonly isPlaced: boolean;
  /** Whether its presentation time is stated. */
  readonly isTimed: boolean;
}

/** A stream's whole packets are wanted. */
export const ALL_BYTES = WHOLE_PACKET;
/** Only the times of a stream's packets are wanted. */
export const NO_BYTES = 0;
/** A stream's packets are not wanted. */
export const LEFT_OUT = -1;

/** Reads a session's packets as samples. */
export class SampleReader {
  readonly #session: LibavSession;
  readonly #options: SampleReaderOptions;
  readonly #wish: { readonly bytes: number[]; readonly byteStreams: number[] } = {
    bytes: [],
    byteStreams: [],
  };
  readonly #builders = new Map<number, SampleBuilder>();
  readonly #wanted = new Set<number>();
  /** Streams whose samples state the lengths of what they hold. */
  readonly #withLengths = new Set<number>();
  readonly #time: ContinuousTime | undefined;
  readonly #restorer: PresentationRestorer<PlacedSample>;
  #lastOffset = 0;
  #isEnded = false;

  /**
   * @param session - stands where reading is to begin; stays the caller's.
   * @param options - what is wanted.
   */
  constructor(session: LibavSession, options: SampleReaderOptions) {
    this.#session = session;
    this.#options = options;
    const { tracks, bytesOf, mayJump, stretches, startOffset, referenceNs, damage } = options;
    const wanted = tracks.filter((track) => bytesOf(track) > NO_BYTES);
    this.#restorer = new PresentationRestorer(
      wanted.filter(() => options.hasDecodeTimesOnly),
      wanted.filter(({ isPartlyTimed }) => isPartlyTimed),
    );
    this.#time = mayJump ? new ContinuousTime(stretches, startOffset, referenceNs) : undefined;
    const wish = this.#wish;
    for (const track of tracks) {
      const bytes = bytesOf(track);
      if (bytes !== LEFT_OUT) this.#wanted.add(track.track.id);
      const forTimes = track.clock?.headBytes ?? NO_BYTES;
      if (bytes !== LEFT_OUT) wish.bytes[track.index] = Math.max(bytes, forTimes);
      else if (mayJump) wish.bytes[track.index] = NO_BYTES;
      if (track.isByteStream) wish.byteStreams.push(track.index);
      const report = (offset: number, length: number, reason: string): void =>
        damage.add('dropped', offset, length, reason);
      this.#builders.set(track.index, new SampleBuilder(track, this.#time, report));
      if (hasLengths(track)) this.#withLengths.add(track.index);
    }
    for (let i = 0; i < wish.bytes.length; i++) wish.bytes[i] ??= LEFT_OUT;
  }

  /** Stretches of the clock that are known now. */
  get stretches(): readonly ClockStretch[] {
    return this.#time?.stretches ?? [];
  }

  /** The farthest place that was read so far. */
  get lastOffset(): number {
    return this.#lastOffset;
  }

  /**
   * Reads the next samples.
   * @returns undefined at the end.
   */
  async next(signal: AbortSignal | undefined): Promise<readonly PlacedSample[] | undefined> {
    if (this.#isEnded) return undefined;
    const { packets, isEnd, fault, chunk } = await this.#session.read(this.#wish, signal);
    const samples: PlacedSample[] = [];
    for (const packet of packets) {
      const builder = this.#builders.get(packet.stream);
      const sample = builder?.build(packet);
      if (builder === undefined || sample === undefined || this.#isCutOff(packet)) continue;
      this.#lastOffset = Math.max(this.#lastOffset, sample.offset);
      if (this.#wanted.has(sample.trackId)) {
        samples.push({ sample, isPlaced: builder.offset !== undefined, isTimed: builder.isTimed });
      }
    }
    // Free when everything in use lies behind what was read up to here.
    if (chunk !== undefined) this.#options.memory?.lend(chunk, this.#lastOffset + 1 - chunk.length);
    this.#isEnded = isEnd;
    if (fault !== '') {
      const reason = `The source cannot be read to its end: ${fault}.`;
      this.#options.damage.add('truncated', this.#lastOffset, 0, reason);
    }
    const restored = this.#restorer.push(samples);
    if (!isEnd) return restored;
    const all = [...restored, ...this.#restorer.finish()];
    return all.length === 0 ? undefined : all;
  }

  /** The source ends inside the packet: a picture in which a length passes the end is refused by many a player. */
  #isCutOff({ stream, isCorrupt }: { readonly stream: number; readonly isCorrupt: boolean }): boolean {
    return isCorrupt && this.#withLengths.has(stream);
  }
}

function hasLengths({ track: { codec, codecPrivate }, isByteStream }: StreamTrack): boolean {
  // A configuration record begins with its version, 1; parameter sets of a byte stream begin with zeros.
  return (codec === 'h264' || codec === 'hevc') && !isByteStream && codecPrivate?.[0] === 1;
}
