import type { EnginePool } from '../../engine/pool.js';
import type { EncodedFormat, VideoOutput } from '../../engine/video-output.js';
import type { MuxVideoTrack } from '../../isobmff/mux-track.js';
import type { VideoTrack } from '../../media/track.js';
import type { RenditionTiming } from '../../timeline/segment-plan.js';
import { firstDecodeTicks } from '../../timeline/segment-timeline.js';
import { declareEncodedVideo } from '../encoded-video.js';
import { announceColor, type AnnouncedVideo } from './announcement.js';
import type { SegmentContext, SegmentSamples, SegmentTrack } from './segment-track.js';
import { VIDEO_TRACK_ID } from './video-copy-track.js';
import { VideoSegmentEncoder } from './video-encoder.js';
import { VideoPictures } from './video-pictures.js';
import { VideoSegmentReader } from './video-segment-reader.js';

/** How a video track is encoded. */
export interface VideoEncodeOptions {
  /** Presentation time of the track's first sample, in container ticks: the cadence's anchor. */
  readonly anchorTime: number;
  /** Who encodes. */
  readonly engines: { get(): EnginePool };
  /** What comes out; the default when absent. */
  readonly output?: VideoOutput | undefined;
  /**
   * Its segments begin and end where those of the copied track do: with what is found in the source at the cuts. Else, and
   * where the track cannot be copied, at the plan's times.
   */
  readonly isCutLikeCopy?: boolean | undefined;
  /** When its segments begin; by the plan of the source when absent. */
  readonly timing?: RenditionTiming | undefined;
}

/** When a segment begins and ends, in ticks of the output. */
interface SegmentRange {
  readonly startTicks: number;
  readonly endTicks: number;
}

/** A video track that is encoded anew as H.264, a segment at a time, cut to the tick. */
export class VideoEncodeTrack implements SegmentTrack {
  readonly timing: RenditionTiming;
  readonly #track: VideoTrack;
  readonly #timescale: number;
  readonly #firstTicks: number;
  readonly #encoder: VideoSegmentEncoder;
  readonly #copied: VideoSegmentReader | undefined;

  /**
   * @param context - what the renditions of the source share; its index is of this track.
   * @param track - the source's track.
   * @param options - how it is made.
   */
  constructor(context: SegmentContext, track: VideoTrack, options: VideoEncodeOptions) {
    const pictures = new VideoPictures(context, track, options.anchorTime);
    this.timing = options.timing ?? context.plan;
    this.#track = track;
    this.#timescale = pictures.cadence.timescale;
    this.#firstTicks = firstDecodeTicks(pictures.ticksAt(options.anchorTime), this.#timescale);
    this.#encoder = new VideoSegmentEncoder(context, track, pictures, options.engines, options.output);
    if (options.isCutLikeCopy === true) this.#copied = new VideoSegmentReader(context, track, pictures);
  }

  /**
   * In what format its pictures come out.
   * @throws {RequestError} when the container gives the source no size that makes sense.
   */
  get format(): EncodedFormat {
    return this.#encoder.format;
  }

  /** @throws {RequestError} when the container gives the source no size that makes sense. */
  get announcement(): AnnouncedVideo {
    const { format, declaredCodec } = this.#encoder;
    return {
      type: 'video',
      codecString: declaredCodec,
      width: format.width,
      height: format.height,
      pixelAspectRatio: format.pixelAspectRatio,
      rotation: this.#track.rotation,
      color: announceColor(format.color),
    };
  }

  async describe(): Promise<MuxVideoTrack> {
    const configuration = await this.#encoder.configuration();
    return declareEncodedVideo(this.#track, configuration, VIDEO_TRACK_ID, this.#timescale);
  }

  async segment(number: number, signal: AbortSignal): Promise<SegmentSamples> {
    const { startTicks, endTicks } = await this.#rangeOf(number, signal);
    const { samples, remarks } = await this.#encoder.encode(startTicks, endTicks, signal);
    const track = { trackId: VIDEO_TRACK_ID, baseMediaDecodeTime: startTicks, samples };
    return { track, endTicks, remarks };
  }

  /** Where pictures lead the first one of a segment, only reading them tells when the segment begins. */
  async #rangeOf(number: number, signal: AbortSignal): Promise<SegmentRange> {
    if (this.#copied !== undefined) return await this.#copied.read(number, signal);
    const { starts, end } = this.timing;
    const startTicks = number === 0 ? this.#firstTicks : starts[number]!;
    return { startTicks, endTicks: starts[number + 1] ?? end };
  }
}
