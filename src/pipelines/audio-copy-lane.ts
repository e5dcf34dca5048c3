import type { AudioConfiguration } from '../codecs/configuration.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import { AUDIO_SAMPLE_FLAGS } from '../isobmff/sample-flags.js';
import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { AudioLane, type AudioLaneOptions } from './audio-lane.js';
import { convertPacket } from './convert-packet.js';
import { declareCopiedAudio } from './declare-audio.js';

/** Carries an audio track through as it is. */
export class AudioCopyLane extends AudioLane {
  readonly #muxTrack: MuxAudioTrack;
  readonly #convert: ((data: Uint8Array) => Uint8Array) | undefined;
  #startTicks = 0;

  /**
   * @param track - the source's track.
   * @param options - track_ID in the output, how the track is declared, how long its packets are, and what brings them
   * into MP4's form (undefined when they are in it).
   */
  constructor(
    track: AudioTrack,
    options: AudioLaneOptions & {
      readonly trackId: number;
      readonly configuration: AudioConfiguration;
      readonly convert: ((data: Uint8Array) => Uint8Array) | undefined;
    },
  ) {
    super(track, options);
    this.#convert = options.convert;
    this.#muxTrack = declareCopiedAudio(track, options.trackId, this.intake.rate, options.configuration);
  }

  describe(): Promise<MuxAudioTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  isKnownUntil(time: Instant): boolean {
    // The first packet at or after the end gives the last one before it its duration.
    const last = this.intake.packets.at(-1);
    return (
      this.intake.isFinished ||
      (last !== undefined && last.startTicks - this.originTicks >= ticksOf(time, this.intake.rate, 'up'))
    );
  }

  take(until: Instant): Promise<FragmentTrack | undefined> {
    const { packets, rate } = this.intake;
    const end = ticksOf(until, rate, 'up') + this.originTicks;
    let count = 0;
    while (count < packets.length && packets[count]!.startTicks < end) count++;
    const samples: MuxSample[] = [];
    let baseMediaDecodeTime = 0;
    for (let i = 0; i < count; i++) {
      const placed = packets[i]!;
      const time = placed.startTicks - this.originTicks;
      const data = convertPacket(this.#convert, placed.packet.data);
      if (time < this.#startTicks || data === undefined) {
        this.countDropped(1);
        continue;
      }
      if (samples.length === 0) baseMediaDecodeTime = time;
      const next = packets[i + 1];
      const duration = (next?.startTicks ?? this.intake.endTicks!) - placed.startTicks;
      samples.push({ duration, compositionOffset: 0, flags: AUDIO_SAMPLE_FLAGS, data });
    }
    this.intake.take(count);
    this.countSent(samples);
    return Promise.resolve(
      samples.length === 0 ? undefined : { trackId: this.#muxTrack.trackId, baseMediaDecodeTime, samples },
    );
  }

  protected beginAt(start: Instant): void {
    this.#startTicks = Math.max(0, ticksOf(start, this.intake.rate, 'up'));
  }
}
