import type { Sample } from '../../media/sample.js';
import type { AudioPackets, PlacedAudio, ReadPacket } from './audio-packets.js';

/** Where one segment of copied audio ends and the next begins. */
export interface AudioCut {
  /** On the output timeline, in ticks of the packets' rate. */
  readonly ticks: number;
  /** The first packet behind it; undefined where none begins there, and the time is the planned one. */
  readonly sample: Sample | undefined;
}

/** What is looked at behind a cut, in milliseconds. */
const reachMs = 250;
/** A packet that begins this much, in milliseconds, before a planned cut was meant to begin at it. */
const earlyMs = 2;

/** Finds the packets at which segments of copied audio begin. */
export class AudioCutter {
  /** How far behind a planned cut packets must be known, in ticks. */
  readonly reachTicks: number;
  readonly #packets: AudioPackets;
  readonly #earlyTicks: number;

  /** @param packets - places the packets. */
  constructor(packets: AudioPackets) {
    this.#packets = packets;
    this.reachTicks = Math.ceil((packets.rate * reachMs) / 1000);
    this.#earlyTicks = Math.ceil((packets.rate * earlyMs) / 1000);
  }

  /** Where the packets begin that a cut can begin with. */
  earliestFor(ticks: number): number {
    // At zero, what rounding put before it belongs there too.
    return ticks - (ticks === 0 ? this.#packets.slackTicks : this.#earlyTicks);
  }

  /**
   * Finds a cut. It depends on the packets right behind it alone, which the segments to both sides of it read, and so these
   * agree.
   * @param read - packets in stored order, all of those within the reach.
   * @param ticks - the planned time.
   */
  cut(read: readonly ReadPacket[], ticks: number): AudioCut {
    const earliest = this.earliestFor(ticks);
    const near = this.#packets.place(this.#packets.startingBetween(read, earliest, ticks + this.reachTicks));
    const [first] = near;
    const longest = near.reduce((frames, packet) => Math.max(frames, packet.frames), 0);
    if (first === undefined || first.startTicks > 2 * ticks - earliest + longest) {
      return { ticks, sample: undefined };
    }
    return { ticks: Math.max(0, first.startTicks), sample: first.sample };
  }

  /**
   * Gives the packets between two cuts, in strictly rising order. What the cuts know better than the whole does, by a tick
   * or two, moves the packets behind the first cut.
   * @param placed - all packets that were read, in stored order.
   */
  between(placed: readonly PlacedAudio[], start: AudioCut, stop: AudioCut): PlacedAudio[] {
    const own: PlacedAudio[] = [];
    const from = indexOfSample(placed, start.sample) ?? 0;
    const to = indexOfSample(placed, stop.sample) ?? placed.length;
    let shift = start.sample === undefined ? 0 : start.ticks - placed[from]!.startTicks;
    let last = start.ticks - 1;
    for (let i = from; i < to; i++) {
      const packet = placed[i]!;
      const before = i > from ? placed[i - 1]! : undefined;
      if (before !== undefined && before.startTicks + before.frames !== packet.startTicks) shift = 0;
      const startTicks = packet.startTicks + shift;
      if (startTicks <= last || startTicks >= stop.ticks) continue;
      own.push({ ...packet, startTicks });
      last = startTicks;
    }
    return own;
  }
}

function indexOfSample(placed: readonly PlacedAudio[], sample: Sample | undefined): number | undefined {
  if (sample === undefined) return undefined;
  const index = placed.findIndex((packet) => packet.sample === sample);
  return index < 0 ? undefined : index;
}
