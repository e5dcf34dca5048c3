import type { FrameClock, TimedPacket } from '../../media/sample-builder.js';
import { ADTS_HEADER_BYTES, adtsRate } from './adts.js';

/** A stretch of a stream whose frames all last equally long. */
interface Stretch {
  /** Where it begins as the demuxer counts, and where it does indeed. */
  readonly stated: number;
  readonly time: number;
  /** How much longer its frames last than the demuxer thinks. */
  readonly factor: number;
}

/** Before any frame was seen. */
const PLAIN: Stretch = { stated: 0, time: 0, factor: 1 };

/** Samples that a raw AAC frame holds for each channel, at the rate of the header. ISO/IEC 14496-3, section 4.5.1.1 */
const FRAME_SAMPLES = 1024;

/** Changes of the rate that are followed; a stream with more of them is not meant to be heard. */
const MOST_STRETCHES = 4096;

/**
 * The times of a bare stream of ADTS frames, each of which states its own sampling frequency: a demuxer that counts every frame
 * as long as the first is put right. Holds for one source, and for all who read it: what one of them has passed, all know.
 */
export class AdtsClock implements FrameClock {
  readonly headBytes = ADTS_HEADER_BYTES;
  readonly #unitsPerSecond: number;
  readonly #stretches: Stretch[] = [];
  /** Up to where frames were seen, as the demuxer counts. */
  #seenEnd = -Infinity;

  /** @param unitsPerSecond - of the times of the packets. */
  constructor(unitsPerSecond: number) {
    this.#unitsPerSecond = unitsPerSecond;
  }

  knows(time: number): boolean {
    return time < this.#timeOf(this.#seenEnd);
  }

  place(packet: TimedPacket): TimedPacket {
    const stated = packet.dts ?? packet.pts;
    if (stated === undefined) return packet;
    if (stated >= this.#seenEnd) this.#see(packet, stated);
    const { stated: from, time, factor } = this.#stretchAt('stated', stated);
    if (factor === 1 && time === from) return packet;
    return {
      ...packet,
      pts: packet.pts === undefined ? undefined : this.#timeOf(packet.pts),
      dts: packet.dts === undefined ? undefined : this.#timeOf(packet.dts),
      duration: Math.round(packet.duration * factor),
    };
  }

  statedFor(time: number): number {
    const stretch = this.#stretchAt('time', time);
    return stretch.stated + Math.floor((time - stretch.time) / stretch.factor);
  }

  /** Takes note of a frame that nobody has passed yet. */
  #see({ data, duration }: TimedPacket, stated: number): void {
    const rate = adtsRate(data);
    const last = this.#stretches.at(-1);
    const isTold = rate !== undefined && duration > 0;
    const factor = isTold ? (FRAME_SAMPLES * this.#unitsPerSecond) / (rate * duration) : (last?.factor ?? 1);
    if (last === undefined) this.#stretches.push({ stated, time: stated, factor });
    else if (factor !== last.factor && this.#stretches.length < MOST_STRETCHES) {
      this.#stretches.push({ stated, time: this.#timeOf(stated), factor });
    }
    this.#seenEnd = stated + duration;
  }

  #timeOf(stated: number): number {
    const stretch = this.#stretchAt('stated', stated);
    return stretch.time + Math.round((stated - stretch.stated) * stretch.factor);
  }

  /** The stretch that has begun by a time, as the demuxer counts or as it is. Asked of every frame: without a closure. */
  #stretchAt(count: 'stated' | 'time', time: number): Stretch {
    let at = this.#stretches.length - 1;
    while (at > 0 && this.#stretches[at]![count] > time) at--;
    return this.#stretches[at] ?? PLAIN;
  }
}
