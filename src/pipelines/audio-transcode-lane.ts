import {
  audioJobSpan,
  encodeAudio,
  FRAME_SAMPLES,
  MAX_JOB_FRAMES,
  OUTPUT_SAMPLE_RATE,
  type AudioOutput,
  type AudioPacket,
  type EncodedAudio,
} from '../engine/audio-job.js';
import type { EnginePool } from '../engine/pool.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { MuxSample } from '../isobmff/mux-sample.js';
import type { MuxAudioTrack } from '../isobmff/mux-track.js';
import { AUDIO_SAMPLE_FLAGS } from '../isobmff/sample-flags.js';
import type { AudioTrack } from '../media/track.js';
import { ticksOf, type Instant } from '../time/instant.js';
import { rescale } from '../time/rescale.js';
import { firstGridFrameFrom } from '../timeline/audio-grid.js';
import { AudioLane, type AudioLaneOptions } from './audio-lane.js';
import { audioDecoderOf, audioPreRollMs } from './audio-decoding.js';
import { declareEncodedAudio } from './declare-audio.js';

/**
 * Encodes an audio track as AAC on the global frame grid. Every range is a job of its own that hears a little of its
 * neighbours, so ranges can be encoded side by side and a job whose engine dies is simply done again.
 */
export class AudioTranscodeLane extends AudioLane {
  readonly #trackId: number;
  readonly #pool: EnginePool;
  readonly #output: AudioOutput;
  readonly #preRollMs: number;
  #nextFrame = 0;

  /**
   * @param track - the source's track.
   * @param options - track_ID in the output, how long the source's packets are, who encodes, and what comes out.
   */
  constructor(
    track: AudioTrack,
    options: AudioLaneOptions & {
      readonly trackId: number;
      readonly pool: EnginePool;
      readonly output: AudioOutput;
    },
  ) {
    super(track, options);
    this.#trackId = options.trackId;
    this.#pool = options.pool;
    this.#output = options.output;
    this.#preRollMs = audioPreRollMs(track);
  }

  describe(signal: AbortSignal): Promise<MuxAudioTrack> {
    return declareEncodedAudio(this.track, this.#trackId, this.#pool, this.#output, signal);
  }

  isKnownUntil(time: Instant): boolean {
    return this.intake.isFinished || this.#frameAfter(time) <= this.#computableFrames();
  }

  async take(until: Instant, signal: AbortSignal): Promise<FragmentTrack | undefined> {
    const firstFrame = this.#nextFrame;
    const endFrame = Math.min(this.#frameAfter(until), this.#computableFrames());
    if (endFrame <= firstFrame) return undefined;
    this.#nextFrame = endFrame;
    const jobs: Promise<EncodedAudio>[] = [];
    for (let frame = firstFrame; frame < endFrame; frame += MAX_JOB_FRAMES) {
      const count = Math.min(MAX_JOB_FRAMES, endFrame - frame);
      jobs.push(this.#encode(this.#packetsFor(frame, count), frame, count, signal));
    }
    this.#forgetBefore(endFrame);

    const samples: MuxSample[] = [];
    for (const { accessUnits, decodeErrors } of await Promise.all(jobs)) {
      this.countDecodeErrors(decodeErrors);
      for (const data of accessUnits) {
        samples.push({ duration: FRAME_SAMPLES, compositionOffset: 0, flags: AUDIO_SAMPLE_FLAGS, data });
      }
    }
    this.countSent(samples);
    return { trackId: this.#trackId, baseMediaDecodeTime: firstFrame * FRAME_SAMPLES, samples };
  }

  protected beginAt(start: Instant): void {
    this.#nextFrame = Math.max(0, firstGridFrameFrom(start.ticks, start.timescale, OUTPUT_SAMPLE_RATE));
  }

  #encode(
    packets: readonly AudioPacket[],
    firstFrame: number,
    frameCount: number,
    signal: AbortSignal,
  ): Promise<EncodedAudio> {
    return encodeAudio(
      this.#pool,
      {
        decoder: audioDecoderOf(this.track),
        packets,
        timescale: this.intake.rate,
        firstFrame,
        frameCount,
        output: this.#output,
      },
      { signal },
    );
  }

  #frameAfter(time: Instant): number {
    return firstGridFrameFrom(time.ticks, time.timescale, OUTPUT_SAMPLE_RATE);
  }

  /** Frames, from 0, that can be made from what has come in: to its end when it is all, else with what a job hears after. */
  #computableFrames(): number {
    const end = this.knownEnd;
    if (end === undefined) return 0;
    if (this.intake.isFinished) return this.#frameAfter(end);
    const heardAfter = audioJobSpan(0, 0).endSample;
    return Math.floor((ticksOf(end, OUTPUT_SAMPLE_RATE, 'down') - heardAfter) / FRAME_SAMPLES);
  }

  #packetsFor(firstFrame: number, frameCount: number): AudioPacket[] {
    const { packets, rate } = this.intake;
    const from = this.#hearsFrom(firstFrame);
    const to = rescale(audioJobSpan(firstFrame, frameCount).endSample, OUTPUT_SAMPLE_RATE, rate, 'up');
    const chosen: AudioPacket[] = [];
    for (const placed of packets) {
      const start = placed.startTicks - this.originTicks;
      if (start >= to) break;
      if (start + this.intake.framesOf(placed) <= from) continue;
      const { data, discardPadding } = placed.packet;
      chosen.push({ start, discardPadding: this.intake.ticksOf(discardPadding), data });
    }
    return chosen;
  }

  #forgetBefore(frame: number): void {
    const ticks = this.#hearsFrom(frame) + this.originTicks;
    this.intake.discardBefore({ ticks, timescale: this.intake.rate });
  }

  /** The output time, in ticks of the packets' rate, from which a job that begins at a frame needs packets. */
  #hearsFrom(firstFrame: number): number {
    const { rate } = this.intake;
    const { startSample } = audioJobSpan(firstFrame, 1);
    return (
      rescale(startSample, OUTPUT_SAMPLE_RATE, rate, 'down') - rescale(this.#preRollMs, 1000, rate, 'up')
    );
  }
}
