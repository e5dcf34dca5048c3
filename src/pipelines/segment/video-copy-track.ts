import type { VideoConfiguration } from '../../codecs/configuration.js';
import type { EnginePool } from '../../engine/pool.js';
import { DEFAULT_VIDEO_OUTPUT, type VideoOutput } from '../../engine/video-output.js';
import type { MuxSample } from '../../isobmff/mux-sample.js';
import type { MuxVideoTrack } from '../../isobmff/mux-track.js';
import { videoSampleFlags } from '../../isobmff/sample-flags.js';
import type { VideoTrack } from '../../media/track.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { timeSegment } from '../../timeline/segment-timeline.js';
import { createPictureConverter, type ConvertPicture } from '../convert-picture.js';
import { declareVideo } from '../declare-video.js';
import { FirstSequence } from '../first-sequence.js';
import type { InspectedSample } from '../video-start.js';
import { announceVideo, type AnnouncedVideo } from './announcement.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';
import { VideoSegmentEncoder } from './video-encoder.js';
import { VideoPictures } from './video-pictures.js';
import { VideoSegmentReader, type SegmentPictures } from './video-segment-reader.js';

/** How a copied video track is made. */
export interface VideoCopyOptions {
  /** How the track is declared. */
  readonly configuration: VideoConfiguration;
  /** Presentation time of the track's first sample, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
  /** Who encodes a segment that no player could begin at; not asked otherwise. */
  readonly engines: { get(): EnginePool };
}

/** x264 alone can be told a number for its parameter sets: under the source's own, they would stay in force behind them. */
const BETWEEN_COPIES: VideoOutput = { ...DEFAULT_VIDEO_OUTPUT, encoder: 'libx264' };

/** track_ID of a video rendition, which is alone in its init segment. */
export const VIDEO_TRACK_ID = 1;

/** A video track whose coded pictures pass through, a segment at a time. */
export class VideoCopyTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #pictures: VideoPictures;
  readonly #reader: VideoSegmentReader;
  readonly #encoder: VideoSegmentEncoder | undefined;
  readonly #muxTrack: MuxVideoTrack;
  readonly #convert: ConvertPicture;

  /**
   * @param context - what the renditions of the source share; its index is of this track.
   * @param track - the source's track.
   * @param options - how it is made.
   */
  constructor(context: SegmentContext, track: VideoTrack, options: VideoCopyOptions) {
    const pictures = new VideoPictures(context, track, options.anchorTime);
    this.timing = context.plan;
    this.#pictures = pictures;
    this.#reader = new VideoSegmentReader(context, track, pictures);
    // What is encoded is H.264, and no other track could hold it.
    this.#encoder =
      track.codec === 'h264'
        ? new VideoSegmentEncoder(context, track, pictures, options.engines, BETWEEN_COPIES)
        : undefined;
    this.#muxTrack = declareVideo(track, options.configuration, VIDEO_TRACK_ID, pictures.cadence.timescale);
    this.#convert = createPictureConverter(track);
  }

  get announcement(): AnnouncedVideo {
    return announceVideo(this.#muxTrack);
  }

  describe(): Promise<MuxVideoTrack> {
    return Promise.resolve(this.#muxTrack);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const read = await this.#reader.read(number, signal);
    if (read.isStartable) return this.#copy(number, read, []);
    if (this.#encoder === undefined) {
      return this.#copy(number, read, ['no picture is here that a player could begin at']);
    }
    const { startTicks, endTicks } = read;
    const encoded = await this.#encoder.encode(startTicks, endTicks, signal);
    const remarks = ['no player could begin at the picture that is here: encoded anew', ...encoded.remarks];
    return fragmentOf(startTicks, endTicks, encoded.samples, remarks);
  }

  #copy(number: number, read: SegmentPictures, remarks: readonly string[]): SegmentSamples {
    const { startTicks, endTicks } = read;
    const pictures = number === 0 ? this.#withoutUndecodable(read.pictures) : read.pictures;
    const presentationTicks = pictures.map((picture) => this.#pictures.ticksOf(picture));
    const { durations, compositionOffsets } = timeSegment(presentationTicks, startTicks, endTicks);
    const samples = pictures.map(({ sample, traits }, i): MuxSample => {
      return {
        duration: durations[i]!,
        compositionOffset: compositionOffsets[i]!,
        flags: videoSampleFlags(traits),
        data: this.#convert(sample.data, traits),
      };
    });
    return fragmentOf(startTicks, endTicks, samples, remarks);
  }

  /** At the beginning of the source nothing has come before that pictures could refer to. */
  #withoutUndecodable(pictures: readonly InspectedSample[]): readonly InspectedSample[] {
    const sequence = new FirstSequence(this.#pictures.ticksOf(pictures[0]!));
    return pictures.filter((picture) => sequence.admits(picture.traits, this.#pictures.ticksOf(picture)));
  }
}

function fragmentOf(
  startTicks: number,
  endTicks: number,
  samples: readonly MuxSample[],
  remarks: readonly string[],
): SegmentSamples {
  const track = { trackId: VIDEO_TRACK_ID, baseMediaDecodeTime: startTicks, samples };
  return { track, endTicks, remarks };
}
