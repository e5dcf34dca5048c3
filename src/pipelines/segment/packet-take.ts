import { checkLimit } from '../../bytes/limits.js';
import type { Sample } from '../../media/sample.js';

/** This many packets in a row behind the end are the end: one may have a damaged time. */
const packetsBehindEnd = 3;
/** The most bytes of packets of one stretch: PCM of 8 channels at 192 kHz for a minute. */
const maxBytes = 512 * 1024 * 1024;

/** What is to be taken of an audio track. */
export interface TakeOptions {
  /** The track's `id`. */
  readonly trackId: number;
  /** Packets up to this time are wanted, in the container's ticks of the track. */
  readonly stopTime: number;
  /** Samples of any track from this byte offset on are not wanted. */
  readonly stopOffset: number;
}

/** Takes the packets of one stretch of an audio track out of what is read, until the track has passed its end. */
export class PacketTake {
  /** In stored order; the last ones are behind the end. */
  readonly packets: Sample[] = [];
  readonly #options: TakeOptions;
  #isDone = false;
  #bytes = 0;
  #passed = 0;

  /** @param options - what is wanted. */
  constructor(options: TakeOptions) {
    this.#options = options;
  }

  /** Nothing that stands from this offset on is wanted. */
  get stopOffset(): number {
    return this.#options.stopOffset;
  }

  /** Whether nothing that comes is wanted. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Takes what is wanted of the next samples.
   * @param samples - in stored order.
   * @param keep - copies those that are wanted, where their bytes do not last.
   * @param fromOffset - samples that stand before this one have been seen.
   * @returns whether nothing more is wanted.
   * @throws {LimitExceededError} when it is more than is sensible.
   */
  push(
    samples: readonly Sample[],
    keep?: (samples: readonly Sample[]) => readonly Sample[],
    fromOffset = 0,
  ): boolean {
    const { trackId, stopTime, stopOffset } = this.#options;
    const wanted: Sample[] = [];
    for (const sample of samples) {
      if (sample.offset >= stopOffset) this.#isDone = true;
      const isLaced = (sample.laceIndex ?? 0) > 0;
      const isOther = sample.trackId !== trackId || sample.offset < fromOffset;
      if (!isOther && !isLaced && this.#passed === packetsBehindEnd) this.#isDone = true;
      if (this.#isDone) break;
      if (isOther) continue;
      if (!isLaced) this.#passed = sample.presentationTime > stopTime ? this.#passed + 1 : 0;
      this.#bytes += sample.data.byteLength;
      checkLimit('size of the audio of one segment in bytes', this.#bytes, maxBytes, { track: trackId });
      wanted.push(sample);
    }
    for (const packet of keep?.(wanted) ?? wanted) this.packets.push(packet);
    this.#isDone ||= this.#passed === packetsBehindEnd;
    return this.#isDone;
  }
}

/** Whether packets begin early enough. A single damaged time tells nothing. */
export function startsBy(packets: readonly Sample[], time: number): boolean {
  return packets.slice(0, packetsBehindEnd).some((packet) => packet.presentationTime <= time);
}
