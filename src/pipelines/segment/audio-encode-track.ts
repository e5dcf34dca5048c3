import {
  audioJobSpan,
  encodeAudio,
  FRAME_SAMPLES,
  OUTPUT_SAMPLE_RATE,
  type AudioOutput,
  type AudioPacket,
  type EncodedAudio,
} from '../../engine/audio-job.js';
import type { EnginePool } from '../../engine/pool.js';
import type { MuxAudioTrack } from '../../isobmff/mux-track.js';
import { AUDIO_SAMPLE_FLAGS } from '../../isobmff/sample-flags.js';
import type { AudioTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { gridAudioTiming } from '../../timeline/rendition-timing.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { audioDecoderOf, audioPreRollMs } from '../audio-decoding.js';
import { declareEncodedAudio, ENCODED_AUDIO_CODEC } from '../declare-audio.js';
import type { AnnouncedAudio } from './announcement.js';
import { AudioPackets, type AudioPacketsOptions, type PlacedAudio } from './audio-packets.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';

/** track_ID of the only track of a rendition. */
const trackId = 1;
/**
 * The most frames of one job: a segment of six seconds is two of them, so that it takes half the time where there are two
 * cores. A join of jobs within a segment is no other than one between segments.
 */
const jobFrames = 144;

/** What an encoded audio rendition is made with. */
export interface AudioEncodeOptions extends AudioPacketsOptions {
  /** Who encodes; asked only when something is to be encoded. */
  readonly engines: { get(): EnginePool };
  /** What comes out. */
  readonly output: AudioOutput;
}

/**
 * An audio track encoded as AAC on the global frame grid, a segment at a time. Each segment hears a little of its
 * neighbours, so the joins are not heard; where the source has no sound, there is silence.
 */
export class AudioEncodeTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #track: AudioTrack;
  readonly #packets: AudioPackets;
  readonly #engines: { get(): EnginePool };
  readonly #output: AudioOutput;
  readonly #preRollTicks: number;
  /** Where the source's sound ends on the output timeline, in ticks of the packets' rate. */
  readonly #endTicks: number;

  /**
   * @param context - the source and its plan.
   * @param track - its track.
   * @param options - what is fixed for the track, and who encodes.
   */
  constructor(context: SegmentContext, track: AudioTrack, options: AudioEncodeOptions) {
    const packets = new AudioPackets(context, track, options);
    const { rate } = packets;
    this.#track = track;
    this.#packets = packets;
    this.#engines = options.engines;
    this.#output = options.output;
    this.#preRollTicks = rescale(audioPreRollMs(track), 1000, rate, 'up');
    this.#endTicks = packets.endTicks ?? Infinity;
    this.timing = gridAudioTiming(context.plan, {
      rate: OUTPUT_SAMPLE_RATE,
      frameSamples: FRAME_SAMPLES,
      endTicks: Number.isFinite(this.#endTicks) ? rescale(this.#endTicks, rate, OUTPUT_SAMPLE_RATE, 'up') : 0,
    });
  }

  get announcement(): AnnouncedAudio {
    return {
      type: 'audio',
      codecString: ENCODED_AUDIO_CODEC,
      channels: this.#output.channels,
      sampleRate: OUTPUT_SAMPLE_RATE,
    };
  }

  describe(signal: AbortSignal): Promise<MuxAudioTrack> {
    return declareEncodedAudio(this.#track, trackId, this.#engines.get(), this.#output, signal);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const { starts, end } = this.timing;
    const firstFrame = starts[number]! / FRAME_SAMPLES;
    const endFrame = (starts[number + 1] ?? end) / FRAME_SAMPLES;
    const packets = await this.#packetsOf(firstFrame, endFrame, signal);
    const jobs: Promise<EncodedAudio>[] = [];
    const count = endFrame - firstFrame;
    const step = Math.ceil(count / Math.ceil(count / jobFrames));
    for (let frame = firstFrame; frame < endFrame; frame += step) {
      jobs.push(this.#encode(packets, frame, Math.min(step, endFrame - frame), signal));
    }
    const encoded = await Promise.all(jobs);
    const samples = encoded.flatMap(({ accessUnits }) =>
      accessUnits.map((data) => ({
        duration: FRAME_SAMPLES,
        compositionOffset: 0,
        flags: AUDIO_SAMPLE_FLAGS,
        data,
      })),
    );
    const decodeErrors = encoded.reduce((sum, job) => sum + job.decodeErrors, 0);
    return {
      track: { trackId, baseMediaDecodeTime: firstFrame * FRAME_SAMPLES, samples },
      endTicks: endFrame * FRAME_SAMPLES,
      remarks:
        decodeErrors === 0 ? [] : [`${decodeErrors} audio packets cannot be decoded; their time is silent`],
    };
  }

  /** The packets that sound in a range of frames or are needed to decode them. */
  async #packetsOf(
    firstFrame: number,
    endFrame: number,
    signal: AbortSignal,
  ): Promise<readonly PlacedAudio[]> {
    const { from, to } = this.#heard(firstFrame, endFrame - firstFrame);
    if (from >= this.#endTicks) return [];
    const { rate } = this.#packets;
    const around = rescale(firstFrame * FRAME_SAMPLES, OUTPUT_SAMPLE_RATE, rate);
    const read = await this.#packets.read(from, around, Math.min(to, this.#endTicks), { signal });
    return this.#packets.place(read);
  }

  #encode(
    packets: readonly PlacedAudio[],
    firstFrame: number,
    frameCount: number,
    signal: AbortSignal,
  ): Promise<EncodedAudio> {
    const { from, to } = this.#heard(firstFrame, frameCount);
    const chosen: AudioPacket[] = [];
    for (const { startTicks, frames, sample } of packets) {
      if (startTicks >= to || startTicks + frames <= from) continue;
      const discardPadding = this.#packets.spanOf(sample.discardPadding);
      chosen.push({ start: startTicks, discardPadding, data: sample.data });
    }
    const job = {
      decoder: audioDecoderOf(this.#track),
      packets: chosen,
      timescale: this.#packets.rate,
      firstFrame,
      frameCount,
      output: this.#output,
    };
    return encodeAudio(this.#engines.get(), job, { signal });
  }

  /** The time that a job hears, with what its decoder needs before, in ticks of the packets' rate. */
  #heard(firstFrame: number, frameCount: number): { from: number; to: number } {
    const { rate } = this.#packets;
    const { startSample, endSample } = audioJobSpan(firstFrame, frameCount);
    return {
      from: rescale(startSample, OUTPUT_SAMPLE_RATE, rate, 'down') - this.#preRollTicks,
      to: rescale(endSample, OUTPUT_SAMPLE_RATE, rate, 'up'),
    };
  }
}
