import type { SampleOptions } from '../../media/demuxer.js';
import type { Sample } from '../../media/sample.js';
import type { VideoTrack } from '../../media/track.js';
import { createCadence, type Cadence } from '../../time/cadence.js';
import { ticksOf } from '../../time/instant.js';
import { createSampleInspector, type InspectSample } from '../inspect-picture.js';
import type { InspectedSample } from '../video-start.js';
import type { SegmentContext } from './segment-track.js';

/** Reads the pictures of a video track, from anywhere, and tells when they are shown. */
export class VideoPictures {
  /** Turns container times into ticks. */
  readonly cadence: Cadence;
  /** The codec has no pictures that lead a random access point that players can begin at. */
  readonly isOrdered: boolean;
  readonly #context: SegmentContext;
  readonly #track: VideoTrack;
  readonly #inspect: InspectSample;
  readonly #originTicks: number;

  /**
   * @param context - the source and its zero.
   * @param track - the track.
   * @param anchorTime - presentation time of the track's first sample, in container ticks.
   */
  constructor(context: SegmentContext, track: VideoTrack, anchorTime: number) {
    this.#context = context;
    this.#track = track;
    this.cadence = createCadence(track, anchorTime);
    this.isOrdered = track.codec !== 'hevc';
    this.#inspect = createSampleInspector(track);
    this.#originTicks = ticksOf(context.origin, this.cadence.timescale);
  }

  /** Presentation time of a picture in ticks of the output, from the output's zero. */
  ticksOf({ sample }: InspectedSample): number {
    return this.ticksAt(sample.presentationTime);
  }

  /** A time of the container in ticks of the output, from the output's zero. */
  ticksAt(time: number): number {
    return this.cadence.toTicks(time) - this.#originTicks;
  }

  /** Reads pictures in decode order; what holds none is left out. */
  async *read(options: SampleOptions): AsyncGenerator<readonly InspectedSample[], void, undefined> {
    for await (const batch of this.#samples(options)) {
      const pictures: InspectedSample[] = [];
      for (const sample of batch) {
        const traits = this.#inspect(sample);
        if (traits !== undefined) pictures.push({ sample, traits });
      }
      if (pictures.length > 0) yield pictures;
    }
  }

  #samples(options: SampleOptions): AsyncIterable<readonly Sample[]> {
    const { demuxer, passedAudio } = this.#context;
    const { id } = this.#track;
    const { startOffset } = options;
    return passedAudio === undefined || startOffset === undefined
      ? demuxer.samples({ ...options, trackIds: new Set([id]) })
      : passedAudio.read(id, startOffset, options);
  }
}
