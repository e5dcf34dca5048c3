import type { EnginePool } from '../../engine/pool.js';
import type { VideoOutput } from '../../engine/video-output.js';
import type { MuxVideoTrack } from '../../isobmff/mux-track.js';
import type { VideoTrack } from '../../media/track.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { firstDecodeTicks } from '../../timeline/segment-timeline.js';
import { declareEncodedVideo } from '../encoded-video.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';
import { VIDEO_TRACK_ID } from './video-copy-track.js';
import { VideoSegmentEncoder } from './video-encoder.js';
import { VideoPictures } from './video-pictures.js';

/** How a video track is encoded. */
export interface VideoEncodeOptions {
  /** Presentation time of the track's first sample, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
  /** Who encodes. */
  readonly engines: { get(): EnginePool };
  /** What comes out; the default when absent. */
  readonly output?: VideoOutput | undefined;
}

/** A video track that is encoded anew as H.264, a segment at a time, cut at the plan's times to the frame. */
export class VideoEncodeTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #track: VideoTrack;
  readonly #timescale: number;
  readonly #firstTicks: number;
  readonly #encoder: VideoSegmentEncoder;

  /**
   * @param context - what the renditions of the source share; its index is of this track.
   * @param track - the source's track.
   * @param options - how it is made.
   */
  constructor(context: SegmentContext, track: VideoTrack, options: VideoEncodeOptions) {
    const pictures = new VideoPictures(context, track, options.anchorTime);
    this.timing = context.plan;
    this.#track = track;
    this.#timescale = pictures.cadence.timescale;
    this.#firstTicks = firstDecodeTicks(pictures.ticksAt(options.anchorTime), this.#timescale);
    this.#encoder = new VideoSegmentEncoder(context, track, pictures, options.engines, options.output);
  }

  async describe(): Promise<MuxVideoTrack> {
    const configuration = await this.#encoder.configuration();
    return declareEncodedVideo(this.#track, configuration, VIDEO_TRACK_ID, this.#timescale);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const { starts, end } = this.timing;
    const startTicks = number === 0 ? this.#firstTicks : starts[number]!;
    const endTicks = starts[number + 1] ?? end;
    const { samples, remarks } = await this.#encoder.encode(startTicks, endTicks, signal);
    const track = { trackId: VIDEO_TRACK_ID, baseMediaDecodeTime: startTicks, samples };
    return { track, endTicks, remarks };
  }
}
