import { createAudioConverter } from '../../codecs/audio.js';
import type { AudioConfiguration } from '../../codecs/configuration.js';
import { createFrameDuration } from '../../codecs/frame-duration.js';
import { buildSilentPacket, type SilentPacket } from '../../codecs/silence.js';
import { UnsupportedMediaError } from '../../errors.js';
import type { MuxAudioTrack } from '../../isobmff/mux-track.js';
import type { MuxSample } from '../../isobmff/mux-sample.js';
import { AUDIO_SAMPLE_FLAGS } from '../../isobmff/sample-flags.js';
import type { AudioTrack } from '../../media/track.js';
import { rescale } from '../../time/rescale.js';
import { copiedAudioTiming } from '../../timeline/rendition-timing.js';
import type { RenditionTiming, SegmentPlan } from '../../timeline/segment-plan.js';
import { convertPacket } from '../convert-packet.js';
import { declareCopiedAudio } from '../declare-audio.js';
import { announceAudio, type AnnouncedAudio } from './announcement.js';
import { AudioCutter, type AudioCut } from './audio-cutter.js';
import { AudioPackets, type AudioPacketsOptions, type PlacedAudio } from './audio-packets.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';

/** track_ID of the only track of a rendition. */
const trackId = 1;
/** The most silent packets of one segment; the last one lasts the longer. */
const maxSilentPackets = 4096;

/** What a copied audio rendition is made with. */
export interface AudioCopyOptions extends AudioPacketsOptions {
  /** How the track's codec is declared. */
  readonly configuration: AudioConfiguration;
}

/** An audio track that is carried through as it is, a segment at a time. */
export class AudioCopyTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #track: AudioTrack;
  readonly #packets: AudioPackets;
  readonly #cutter: AudioCutter;
  readonly #firstPacket: Uint8Array | undefined;
  readonly #silence: SilentPacket | undefined;
  readonly #muxTrack: MuxAudioTrack;
  readonly #frameSamples: number | undefined;

  /**
   * @param context - the source and its plan.
   * @param track - its track.
   * @param options - what is fixed for the track.
   */
  constructor(context: SegmentContext, track: AudioTrack, options: AudioCopyOptions) {
    const packets = new AudioPackets(context, track, options);
    const { rate } = packets;
    this.#track = track;
    this.#packets = packets;
    this.#cutter = new AudioCutter(packets);
    this.#firstPacket = options.firstPacket;
    this.#silence = buildSilentPacket(track, options.firstPacket);
    this.#muxTrack = declareCopiedAudio(track, trackId, rate, options.configuration);
    this.#frameSamples = frameSamplesOf(track, options.firstPacket);
    this.timing = timingOf(context.plan, packets, this.#frameSamples);
  }

  get announcement(): AnnouncedAudio {
    return announceAudio(this.#muxTrack);
  }

  describe(): Promise<MuxAudioTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const { starts, end } = this.timing;
    const isLast = number === starts.length - 1;
    const from = starts[number]!;
    const to = starts[number + 1] ?? end;
    const earliest = this.#cutter.earliestFor(from);
    // Packets follow one another: when the first one that is read begins less than its length behind the earliest that
    // counts, none before it does.
    const missingTicks = (this.#frameSamples ?? 1) - 1;
    const until = to + this.#cutter.reachTicks;
    const read = await this.#packets.read(earliest, from, until, { missingTicks, signal });
    const start = this.#cutter.cut(read, from);
    const stop = isLast ? { ticks: to, sample: undefined } : this.#cutter.cut(read, to);
    const placed = this.#packets.place(read);
    const own = this.#cutter.between(placed, start, stop);
    const endTicks = isLast ? this.#endOf(own, end) : stop.ticks;
    const remarks: string[] = [];
    const samples = this.#samplesOf(own, start, endTicks, placed, remarks);
    return { track: { trackId, baseMediaDecodeTime: start.ticks, samples }, endTicks, remarks };
  }

  /** Where the track ends: with its last packet, unless that leaves more than a packet's time to the planned end. */
  #endOf(own: readonly PlacedAudio[], plannedTicks: number): number {
    const last = own.at(-1);
    if (last === undefined) return plannedTicks;
    const { frames, startTicks, sample } = last;
    const padding = Math.min(Math.max(0, this.#packets.spanOf(sample.discardPadding)), frames - 1);
    const natural = startTicks + frames - padding;
    return plannedTicks - natural > frames ? plannedTicks : natural;
  }

  #samplesOf(
    own: readonly PlacedAudio[],
    start: AudioCut,
    endTicks: number,
    placed: readonly PlacedAudio[],
    remarks: string[],
  ): MuxSample[] {
    const convert = createAudioConverter(this.#track, this.#firstPacket);
    const samples: MuxSample[] = [];
    let broken = 0;
    const firstTicks = own[0]?.startTicks ?? endTicks;
    if (firstTicks > start.ticks) {
      this.#fill(samples, start.ticks, firstTicks, placed);
      const seconds = ((firstTicks - start.ticks) / this.#packets.rate).toFixed(3);
      remarks.push(`the track has no packets for ${seconds} s; ${samples.length} were put in their place`);
    }
    own.forEach(({ startTicks, sample }, i) => {
      const duration = (own[i + 1]?.startTicks ?? endTicks) - startTicks;
      const converted = convertPacket(convert, sample.data);
      if (converted === undefined) broken++;
      samples.push(muxSample(duration, converted ?? this.#silence?.data ?? sample.data));
    });
    if (broken > 0) remarks.push(`${broken} audio packets have a broken framing; their time is silent`);
    return samples;
  }

  /** Fills a hole: with silence where there is a packet for it, else with one packet of the sound around it. */
  #fill(samples: MuxSample[], fromTicks: number, toTicks: number, placed: readonly PlacedAudio[]): void {
    const silence = this.#silence;
    if (silence === undefined) {
      const before = placed.findLast(({ startTicks }) => startTicks < fromTicks) ?? placed[0];
      const data = before?.sample.data ?? this.#firstPacket;
      if (data === undefined) {
        throw new UnsupportedMediaError('The track has no packet with which a hole in it could be filled.', {
          context: { track: this.#track.id },
        });
      }
      samples.push(muxSample(toTicks - fromTicks, data));
      return;
    }
    const whole = Math.floor((toTicks - fromTicks) / silence.samples);
    const count = Math.min(maxSilentPackets, Math.max(1, whole));
    for (let i = 0; i < count; i++) {
      const begin = fromTicks + i * silence.samples;
      const duration = i === count - 1 ? toTicks - begin : silence.samples;
      samples.push(muxSample(duration, silence.data));
    }
  }
}

/**
 * Tells whether a track can be copied without a hole that no packet can fill. Where a track begins late or ends whole
 * segments early, silence must be put in its place, and not for every codec can a silent packet be made: such a track is
 * to be encoded.
 * @param context - the source and its plan.
 * @param track - its track.
 * @param options - what is fixed for the track; the anchor is its first packet, where it was found.
 */
export function copiesWithoutHoles(
  context: SegmentContext,
  track: AudioTrack,
  options: AudioPacketsOptions,
): boolean {
  if (buildSilentPacket(track, options.firstPacket) !== undefined) return true;
  const packets = new AudioPackets(context, track, options);
  const { plan } = context;
  const lastStart = rescale(plan.starts.at(-1)!, plan.timescale, packets.rate);
  const frames = frameSamplesOf(track, options.firstPacket) ?? 0;
  return packets.anchorTicks <= frames + packets.slackTicks && (packets.endTicks ?? lastStart) >= lastStart;
}

function timingOf(
  plan: SegmentPlan,
  { rate, anchorTicks, endTicks }: AudioPackets,
  frameSamples: number | undefined,
): RenditionTiming {
  const planEnd = rescale(plan.end, plan.timescale, rate, 'up');
  return copiedAudioTiming(plan, {
    rate,
    frameSamples,
    // Only the lattice is wanted: a track that begins late is silent before.
    anchorTicks:
      frameSamples === undefined ? 0 : anchorTicks - Math.floor(anchorTicks / frameSamples) * frameSamples,
    endTicks: Math.max(planEnd, endTicks ?? 0),
  });
}

/** Samples of each packet, where the first one tells. */
function frameSamplesOf(track: AudioTrack, firstPacket: Uint8Array | undefined): number | undefined {
  return firstPacket === undefined ? undefined : createFrameDuration(track, firstPacket)(firstPacket);
}

function muxSample(duration: number, data: Uint8Array): MuxSample {
  return { duration, compositionOffset: 0, flags: AUDIO_SAMPLE_FLAGS, data };
}
