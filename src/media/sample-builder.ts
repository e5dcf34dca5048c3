import type { ContinuousTime } from '../time/continuous-time.js';
import { rescale } from '../time/rescale.js';
import type { Sample } from './sample.js';
import type { Track } from './track.js';

/** A frame of a stream, with times as the container states them. */
export interface TimedPacket {
  /** Presentation time in units of the stream's time base; undefined when there is none. */
  readonly pts: number | undefined;
  /** Decode time; undefined when there is none. */
  readonly dts: number | undefined;
  /** How long it lasts, in the same units; 0 when that is not known. */
  readonly duration: number;
  /**
   * What of its sound is not meant to be heard, in the same units: at its end, or, negative, at its beginning; nothing
   * when absent.
   */
  readonly discard?: number | undefined;
  /** Byte offset in the source; -1 when it is not known. */
  readonly offset: number;
  /** Bytes of the packet, of which `data` may be but the first. */
  readonly size: number;
  /** Whether decoding can begin here, as the container or a parser says. */
  readonly isKey: boolean;
  /** Whether parts are missing or damaged. */
  readonly isCorrupt: boolean;
  /** Its bytes, as many as were asked for. */
  readonly data: Uint8Array;
}

/** A track, and how its times are counted. */
export interface TimedStream {
  /** Bits in which the container stores its times; 64 when they do not wrap. */
  readonly wrapBits: number;
  /** Ticks of the track that one unit of the stream's time base is. */
  readonly ticksPerUnit: number;
  /** Durations of packets come from the container or the codec, and not from what was read so far. */
  readonly hasDurations: boolean;
  /** Nothing states its times: they are counted. */
  readonly isUntimed: boolean;
  /** Times of some pictures are stated, and those of the others are to be found by their order. */
  readonly isPartlyTimed?: boolean;
  /** The first packet's presentation time is not to be believed where it is its decode time. */
  readonly isFirstGuessed?: boolean;
  /** What of the sound is meant to be heard, which begins at zero; all of it where absent. */
  readonly heard?: HeardSound | undefined;
  /** Where frames state how long they last, and the demuxer does not heed it: puts their times right. */
  readonly clock?: FrameClock | undefined;
  /** The track. */
  readonly track: Track;
}

/** Times of a stream by what its frames state, known as far as it was read. All in units of the stream's time base. */
export interface FrameClock {
  /** Bytes at the beginning of a frame that it goes by. */
  readonly headBytes: number;

  /** Whether everything up to a time was read. */
  knows(time: number): boolean;

  /**
   * Puts the times of a packet right.
   * @param packet - with {@link headBytes} of its frame at least; one that stands where nobody has read before follows the last
   * that was read.
   */
  place(packet: TimedPacket): TimedPacket;

  /** Tells what the demuxer takes a time for. */
  statedFor(time: number): number;
}

/** What of a stream's sound is meant to be heard, and not what an encoder added: from zero on. In units of the stream's time base. */
export interface HeardSound {
  /** What each packet holds. */
  readonly perPacket: number;
  /** Where it ends. */
  readonly end: number;
}

/** Told of a packet that is not as it should be. */
export type ReportDamage = (offset: number, length: number, reason: string) => void;

/** A presentation time this far after its decode time, or so far before it, is none. In seconds. */
const LONGEST_REORDERING_S = 10;
const LARGEST_INVERSION_S = 1;

/**
 * Makes samples of one stream's packets: times in the track's ticks on a timeline that goes on, missing ones derived,
 * decode times rising.
 */
export class SampleBuilder {
  readonly #stream: TimedStream;
  readonly #time: ContinuousTime | undefined;
  readonly #report: ReportDamage;
  #offset: number | undefined;
  /** When the next packet is due, in units of the stream's time base. */
  #due: number | undefined;
  /** Ticks that were added to the last times that were stated. */
  #lastShift = 0;
  #isTimed = false;
  /** Decode time of the last sample, in ticks. */
  #lastDecodeTime: number | undefined;

  /**
   * @param stream - the stream.
   * @param time - joins stretches of a source whose clock may jump; undefined where it does not.
   * @param report - told of damage.
   */
  constructor(stream: TimedStream, time: ContinuousTime | undefined, report: ReportDamage) {
    this.#stream = stream;
    this.#time = time;
    this.#report = report;
    if (stream.isUntimed) this.#due = 0;
  }

  /** Byte offset of the last packet whose place was known; undefined before. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** Whether the presentation time of the last sample was stated, and not taken from a decode time or counted. */
  get isTimed(): boolean {
    return this.#isTimed;
  }

  /**
   * Makes the next sample.
   * @returns undefined for a packet that has no time at all, or comes far too late, or of which nothing is to be heard any more.
   */
  build(packet: TimedPacket): Sample | undefined {
    const { heard, clock } = this.#stream;
    const placed = clock?.place(packet) ?? packet;
    const within = heard === undefined ? placed : packetWithin(heard, placed);
    return within && this.#build(within);
  }

  #build(packet: TimedPacket): Sample | undefined {
    // What a demuxer held back of a programme that ended before. Where clocks do not jump, places may.
    if (this.#time !== undefined && packet.offset >= 0 && packet.offset < (this.#offset ?? 0)) {
      this.#report(packet.offset, packet.size, 'A packet came too late.');
      return undefined;
    }
    if (packet.offset >= 0) this.#offset = packet.offset;
    const offset = this.#offset ?? 0;
    if (packet.isCorrupt)
      this.#report(offset, packet.size, 'A packet is damaged or parts of it are missing.');
    const { ticksPerUnit, hasDurations, track } = this.#stream;
    const isFirst = this.#stream.isFirstGuessed === true && this.#lastDecodeTime === undefined;
    const decode = packet.dts ?? (packet.pts === undefined ? this.#due : undefined);
    const stated = this.#believePresentation(packet, offset);
    const present = stated ?? decode;
    if (present === undefined) {
      this.#report(offset, packet.size, 'A packet has no time.');
      return undefined;
    }
    const clock = decode ?? present;
    this.#due = clock + (packet.duration || this.#frameUnits());
    this.#isTimed = stated !== undefined && !(isFirst && stated === packet.dts);
    // What is counted tells nothing of the clock.
    const isCounted = this.#stream.isPartlyTimed === true && stated === undefined && packet.dts === undefined;
    const shift = isCounted ? this.#lastShift : this.#shift(clock, packet.duration, offset);
    this.#lastShift = shift;
    return {
      trackId: track.id,
      presentationTime: present * ticksPerUnit + shift,
      decodeTime: decode === undefined ? undefined : this.#raise(decode * ticksPerUnit + shift),
      duration: hasDurations && packet.duration > 0 ? packet.duration * ticksPerUnit : undefined,
      isSync: packet.isKey,
      discardPadding: (packet.discard ?? 0) * ticksPerUnit,
      offset,
      data: packet.data,
    };
  }

  /** The stated presentation time, brought to the same turn of the counter as the decode time; undefined when absurd. */
  #believePresentation({ pts, dts, size }: TimedPacket, offset: number): number | undefined {
    if (pts === undefined || dts === undefined) return pts;
    const { wrapBits, ticksPerUnit, track } = this.#stream;
    const turn = wrapBits < 64 ? 2 ** wrapBits : undefined;
    const nearest = turn === undefined ? pts : pts - Math.round((pts - dts) / turn) * turn;
    const seconds = ((nearest - dts) * ticksPerUnit) / track.timescale;
    if (seconds <= LONGEST_REORDERING_S && seconds >= -LARGEST_INVERSION_S) return nearest;
    this.#report(offset, size, 'A packet states a presentation time that cannot be.');
    return undefined;
  }

  /** How long a frame lasts in units of the stream's time base, where that is constant; else 0. */
  #frameUnits(): number {
    return Math.round((this.#stream.track.defaultDuration ?? 0) / this.#stream.ticksPerUnit);
  }

  /** Ticks to add to the times of this packet. */
  #shift(clock: number, duration: number, offset: number): number {
    if (this.#time === undefined) return 0;
    const { wrapBits, ticksPerUnit, track } = this.#stream;
    const toNs = (units: number): number => rescale(units * ticksPerUnit, track.timescale, 1e9);
    const shiftNs = this.#time.shiftFor({
      trackId: track.id,
      timeNs: toNs(clock),
      durationNs: toNs(duration),
      offset,
      wrapNs: wrapBits < 64 ? toNs(2 ** wrapBits) : undefined,
      isSteady: track.type !== 'subtitle',
    });
    return rescale(shiftNs, 1e9, track.timescale);
  }

  /** Decode times rise; what repeats one or goes back is put right behind the last. */
  #raise(decodeTime: number): number {
    // Subtitles may well stand at one and the same time.
    if (this.#stream.track.type === 'subtitle') return decodeTime;
    const last = this.#lastDecodeTime;
    const raised = last !== undefined && decodeTime <= last ? last + 1 : decodeTime;
    this.#lastDecodeTime = raised;
    return raised;
  }
}

/** Says what of a packet an encoder added; undefined for one behind the end. */
function packetWithin({ perPacket, end }: HeardSound, packet: TimedPacket): TimedPacket | undefined {
  const begin = packet.pts ?? packet.dts;
  if (begin === undefined) return packet;
  if (begin >= end) return undefined;
  const before = Math.min(perPacket, -begin);
  const discard = before > 0 ? -before : Math.max(0, begin + perPacket - end);
  return { ...packet, duration: perPacket, discard };
}
