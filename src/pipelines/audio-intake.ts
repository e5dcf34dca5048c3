import type { FrameDuration } from '../codecs/frame-duration.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { AudioPlacement, type PlacedPacket } from '../timeline/audio-placement.js';

/** Places the packets of a track and holds them until they are used: what copying and transcoding share. */
export class AudioIntake {
  /** Packets that are held, in order of their start, on the source's timeline. */
  readonly packets: PlacedPacket<Sample>[] = [];
  readonly #placement: AudioPlacement;
  readonly #durations: FrameDuration;
  readonly #containerTimescale: number;
  /** Packet length that the container states, for codecs whose packets do not tell (WavPack, WMA, ...). */
  readonly #statedFrames: number | undefined;
  readonly #sourceEndTicks: number;
  /** When the first packet begins, while it has not come. */
  #anchorTime: number | undefined;
  #lastDistance = 0;
  #heldBytes = 0;
  #end: number | undefined;
  #isFinished = false;

  /**
   * @param track - the source's track.
   * @param durations - how long its packets are.
   * @param sourceEnd - where the source ends, as its container says; undefined when it does not.
   * @param anchorTime - when the first packet begins, in container ticks; as it says itself, when absent.
   */
  constructor(track: AudioTrack, durations: FrameDuration, sourceEnd?: Instant, anchorTime?: number) {
    this.#placement = new AudioPlacement(track, durations.rate, durations.quantum);
    this.#durations = durations;
    this.#anchorTime = anchorTime;
    this.#containerTimescale = track.timescale;
    this.#statedFrames =
      track.defaultDuration === undefined ? undefined : this.ticksOf(track.defaultDuration);
    this.#sourceEndTicks = sourceEnd === undefined ? Infinity : ticksOf(sourceEnd, this.rate, 'up');
  }

  /** Ticks a second of the packets' places. */
  get rate(): number {
    return this.#placement.rate;
  }

  /** Bytes of the packets that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** No packet follows. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Where the last packet taken in ends, in ticks; undefined before the first. */
  get endTicks(): number | undefined {
    return this.#end;
  }

  /** Takes the next packet. */
  push(sample: Sample): void {
    const frames = this.#durations(sample.data) ?? this.#statedFrames;
    const isOwnTime = (sample.laceIndex ?? 0) === 0;
    if (isOwnTime) this.#takeBackJump(sample.presentationTime);
    const before = this.packets.at(-1);
    const time = this.#anchorTime ?? sample.presentationTime;
    this.#anchorTime = undefined;
    const placed = this.#placement.place(sample, time, frames, isOwnTime);
    if (before !== undefined) this.#lastDistance = placed.startTicks - before.startTicks;
    this.packets.push(placed);
    this.#heldBytes += sample.data.byteLength;
    // How long the last packet is may show only when it is known to be that.
    const isOpen = this.#durations.ofLast !== undefined;
    const end = placed.startTicks + (isOpen ? 1 : this.framesOf(placed));
    const isCapped = frames === undefined && this.#sourceEndTicks > placed.startTicks;
    this.#end = isCapped ? Math.min(end, this.#sourceEndTicks) : end;
  }

  /** No packet follows. */
  finish(): void {
    this.#isFinished = true;
    const last = this.packets.at(-1);
    if (last === undefined || this.#end === undefined) return;
    const { discardPadding } = last.packet;
    const { ofLast } = this.#durations;
    if (ofLast !== undefined) this.#end = last.startTicks + (ofLast(last.packet.data) ?? this.framesOf(last));
    else if (last.frames === undefined) this.#end = this.#endOfLast(last);
    if (discardPadding > 0) this.#end -= Math.min(this.ticksOf(discardPadding), this.framesOf(last) - 1);
  }

  /**
   * A last packet of unknown length may hold far less than the others: it ends as its container says, else with the source,
   * where that ends in it. One that is alone has no others to be compared with.
   */
  #endOfLast({ packet, startTicks }: PlacedPacket<Sample>): number {
    const isAlone = this.#lastDistance === 0;
    const longest = isAlone ? Infinity : this.#end!;
    const statedEnd =
      packet.duration === undefined
        ? Math.max(startTicks, this.#sourceEndTicks)
        : startTicks + this.ticksOf(packet.duration);
    const end = statedEnd > startTicks ? Math.min(longest, statedEnd) : longest;
    if (!Number.isFinite(end)) return this.#end!;
    if (isAlone) this.#lastDistance = end - startTicks;
    return end;
  }

  /** Ticks that a packet lasts: as its header says, else as long as the distance between packets was last. */
  framesOf(placed: PlacedPacket<Sample>): number {
    return Math.max(1, placed.frames ?? this.#lastDistance);
  }

  /** One lying time costs nothing while its packet is still here: the next one tells. */
  #takeBackJump(nextTime: number): void {
    const last = this.packets.at(-1);
    const startTicks = last === undefined ? undefined : this.#placement.takeBackJump(nextTime);
    if (startTicks !== undefined) this.packets[this.packets.length - 1] = { ...last!, startTicks };
  }

  /** Converts a time span in the container's ticks. */
  ticksOf(containerTicks: number): number {
    return ticksOf({ ticks: containerTicks, timescale: this.#containerTimescale }, this.rate);
  }

  /** Takes the first packets out. */
  take(count: number): PlacedPacket<Sample>[] {
    const taken = this.packets.splice(0, count);
    for (const { packet } of taken) this.#heldBytes -= packet.data.byteLength;
    return taken;
  }

  /** Forgets the packets that end at or before a time of the source. Gives their number. */
  discardBefore(time: Instant): number {
    const ticks = ticksOf(time, this.rate, 'down');
    let count = 0;
    while (
      count < this.packets.length &&
      this.packets[count]!.startTicks + this.framesOf(this.packets[count]!) <= ticks
    ) {
      count++;
    }
    this.take(count);
    return count;
  }
}
