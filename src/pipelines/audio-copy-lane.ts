import type { AudioConfiguration } from '../codecs/configuration.js';
import type { FrameDuration } from '../codecs/frame-duration.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import { AUDIO_SAMPLE_FLAGS } from '../isobmff/sample-flags.js';
import type { Sample } from '../media/sample.js';
import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { AudioIntake } from './audio-intake.js';
import type { AudioLane } from './audio-lane.js';

/** Carries an audio track through as it is. */
export class AudioCopyLane implements AudioLane {
  readonly #muxTrack: MuxAudioTrack;
  readonly #track: AudioTrack;
  readonly #intake: AudioIntake;
  readonly #convert: ((data: Uint8Array) => Uint8Array) | undefined;
  #originTicks = 0;
  #startTicks = 0;
  #dropped = 0;
  #sent = 0;
  #sentBytes = 0;

  /**
   * @param track - the source's track.
   * @param options - track_ID in the output, how the track is declared, how long its packets are, and what brings them
   * into MP4's form (undefined when they are in it).
   */
  constructor(
    track: AudioTrack,
    options: {
      readonly trackId: number;
      readonly configuration: AudioConfiguration;
      readonly durations: FrameDuration;
      readonly convert: ((data: Uint8Array) => Uint8Array) | undefined;
    },
  ) {
    this.#track = track;
    this.#intake = new AudioIntake(track, options.durations);
    this.#convert = options.convert;
    this.#muxTrack = {
      type: 'audio',
      trackId: options.trackId,
      timescale: this.#intake.rate,
      language: track.language,
      name: track.name,
      isDefault: true,
      configuration: options.configuration,
    };
  }

  get sourceTrackId(): number {
    return this.#track.id;
  }

  get codec(): string {
    return this.#track.codec;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get sent(): number {
    return this.#sent;
  }

  get sentBytes(): number {
    return this.#sentBytes;
  }

  get heldBytes(): number {
    return this.#intake.heldBytes;
  }

  get heldFrom(): number | undefined {
    return this.#intake.packets[0]?.packet.offset;
  }

  get firstInstant(): Instant | undefined {
    const first = this.#intake.packets[0];
    return first && { ticks: first.startTicks, timescale: this.#intake.rate };
  }

  get knownEnd(): Instant | undefined {
    const end = this.#intake.endTicks;
    return end === undefined ? undefined : { ticks: end - this.#originTicks, timescale: this.#intake.rate };
  }

  describe(): Promise<MuxAudioTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  push(sample: Sample): void {
    this.#intake.push(sample);
  }

  finish(): void {
    this.#intake.finish();
  }

  discardBefore(time: Instant): void {
    this.#dropped += this.#intake.discardBefore(time);
  }

  begin(origin: Instant, start: Instant): void {
    this.#originTicks = ticksOf(origin, this.#intake.rate);
    this.#startTicks = Math.max(0, ticksOf(start, this.#intake.rate, 'up'));
  }

  isKnownUntil(time: Instant): boolean {
    // The first packet at or after the end gives the last one before it its duration.
    const last = this.#intake.packets.at(-1);
    return (
      this.#intake.isFinished ||
      (last !== undefined && last.startTicks - this.#originTicks >= ticksOf(time, this.#intake.rate, 'up'))
    );
  }

  take(until: Instant): Promise<FragmentTrack | undefined> {
    const { packets, rate } = this.#intake;
    const end = ticksOf(until, rate, 'up') + this.#originTicks;
    let count = 0;
    while (count < packets.length && packets[count]!.startTicks < end) count++;
    const samples: MuxSample[] = [];
    let baseMediaDecodeTime = 0;
    for (let i = 0; i < count; i++) {
      const placed = packets[i]!;
      const time = placed.startTicks - this.#originTicks;
      if (time < this.#startTicks) {
        this.#dropped++;
        continue;
      }
      if (samples.length === 0) baseMediaDecodeTime = time;
      const next = packets[i + 1];
      const duration = (next?.startTicks ?? this.#intake.endTicks!) - placed.startTicks;
      const data = this.#convert?.(placed.packet.data) ?? placed.packet.data;
      samples.push({ duration, compositionOffset: 0, flags: AUDIO_SAMPLE_FLAGS, data });
      this.#sentBytes += data.byteLength;
    }
    this.#intake.take(count);
    this.#sent += samples.length;
    return Promise.resolve(
      samples.length === 0 ? undefined : { trackId: this.#muxTrack.trackId, baseMediaDecodeTime, samples },
    );
  }
}
