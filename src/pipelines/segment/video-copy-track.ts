import type { VideoConfiguration } from '../../codecs/configuration.js';
import { createVideoConverter, type ConvertSample } from '../../codecs/video.js';
import type { MuxSample } from '../../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../../isobmff/mux-track.js';
import { videoSampleFlags } from '../../isobmff/sample-flags.js';
import type { VideoTrack } from '../../media/track.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { timeSegment } from '../../timeline/segment-timeline.js';
import { declareVideo } from '../declare-video.js';
import { FirstSequence } from '../first-sequence.js';
import type { InspectedSample } from '../video-start.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';
import { VideoSegmentReader, type SegmentPictures } from './video-segment-reader.js';

/** How a copied video track is made. */
export interface VideoCopyOptions {
  /** How the track is declared. */
  readonly configuration: VideoConfiguration;
  /** Presentation time of the track's first sample, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
}

/** track_ID of a rendition, which is alone in its init segment. */
const TRACK_ID = 1;

/** A video track whose coded pictures pass through untouched, a segment at a time. */
export class VideoCopyTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #reader: VideoSegmentReader;
  readonly #muxTrack: MuxVideoTrack;
  readonly #convert: ConvertSample | undefined;

  /**
   * @param context - what the renditions of the source share; its index is of this track.
   * @param track - the source's track.
   * @param options - how it is made.
   */
  constructor(context: SegmentContext, track: VideoTrack, options: VideoCopyOptions) {
    this.timing = context.plan;
    this.#reader = new VideoSegmentReader(context, track, options.anchorTime);
    this.#muxTrack = declareVideo(track, options.configuration, TRACK_ID, this.#reader.cadence.timescale);
    this.#convert = createVideoConverter(track);
  }

  describe(): Promise<MuxVideoTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const read = await this.#reader.read(number, signal);
    return this.#copy(number, read);
  }

  #copy(number: number, read: SegmentPictures): SegmentSamples {
    const { startTicks, endTicks } = read;
    const pictures = number === 0 ? this.#withoutUndecodable(read.pictures) : read.pictures;
    const presentationTicks = pictures.map((picture) => this.#reader.ticksOf(picture));
    const { durations, compositionOffsets } = timeSegment(presentationTicks, startTicks, endTicks);
    const samples = pictures.map(({ sample, traits }, i): MuxSample => {
      return {
        duration: durations[i]!,
        compositionOffset: compositionOffsets[i]!,
        flags: videoSampleFlags(traits),
        data: this.#convert?.(sample.data) ?? sample.data,
      };
    });
    const track = { trackId: TRACK_ID, baseMediaDecodeTime: startTicks, samples };
    return { track, endTicks, remarks: [] };
  }

  /** At the beginning of the source nothing has come before that pictures could refer to. */
  #withoutUndecodable(pictures: readonly InspectedSample[]): readonly InspectedSample[] {
    const sequence = new FirstSequence(this.#reader.ticksOf(pictures[0]!));
    return pictures.filter((picture) => sequence.admits(picture.traits, this.#reader.ticksOf(picture)));
  }
}
