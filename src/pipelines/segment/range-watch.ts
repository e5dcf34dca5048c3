import type { InspectVideoSample } from '../../codecs/configuration.js';
import { createVideoInspector } from '../../codecs/video.js';
import type { Sample } from '../../media/sample.js';
import type { AudioTrack, VideoTrack } from '../../media/track.js';
import { inspectPicture } from '../inspect-picture.js';
import type { InspectedSample } from '../video-start.js';
import { findLeadingEnd } from './video-cut.js';

/** How far behind the end audio is heard, in seconds, by an encoder or by who looks for the cut. */
const audioReachSeconds = 0.6;
/** How far, in seconds, audio may stand behind the video of its time. */
const interleavingSeconds = 5;
/** This many packets in a row behind the end are the end: one may have a damaged time. */
const packetsBehindEnd = 3;

/** What of a source is watched for. */
export interface RangeWatchOptions {
  /** The video track; without one, the times alone count. */
  readonly video: VideoTrack | undefined;
  /** The audio track. */
  readonly audio: AudioTrack | undefined;
  /** Where the segment is to begin, in seconds of the source's own timeline. */
  readonly startSeconds: number;
  /** Where it is to end. */
  readonly endSeconds: number;
  /** Half a frame: a picture that comes this much before a time counts as one of that time. */
  readonly toleranceSeconds: number;
}

/** Finds in a run of samples the pictures at which a segment begins and ends, and tells when enough was seen. */
export class RangeWatch {
  readonly #options: RangeWatchOptions;
  readonly #inspect: InspectVideoSample | undefined;
  #start: Sample | undefined;
  /** The picture at which the segment ends, and what came behind it. */
  #tail: InspectedSample[] = [];
  #isVideoOver: boolean;
  #audioBehind = 0;

  /** @param options - what is watched for. */
  constructor(options: RangeWatchOptions) {
    this.#options = options;
    this.#inspect = options.video === undefined ? undefined : createVideoInspector(options.video);
    this.#isVideoOver = options.video === undefined;
  }

  /** The picture that the segment begins with. */
  get start(): Sample | undefined {
    return this.#start;
  }

  /** The picture that the next segment begins with; undefined where the source ends before. */
  get end(): Sample | undefined {
    return this.#tail[0]?.sample;
  }

  /** The source ends before the segment would. */
  get isLast(): boolean {
    return this.#options.video === undefined ? this.#audioBehind < packetsBehindEnd : this.#tail.length === 0;
  }

  /** Nothing more is needed. */
  get isComplete(): boolean {
    const { audio } = this.#options;
    return this.#isVideoOver && (audio === undefined || this.#audioBehind >= packetsBehindEnd);
  }

  /** Looks at the next sample, in stored order. */
  push(sample: Sample): void {
    const { video, audio } = this.#options;
    if (sample.trackId === video?.id) this.#pushVideo(sample, video);
    else if (sample.trackId === audio?.id) this.#pushAudio(sample, audio);
  }

  #pushVideo(sample: Sample, video: VideoTrack): void {
    const traits = inspectPicture(this.#inspect!, sample.data);
    if (traits === undefined) return;
    const seconds = sample.presentationTime / video.timescale;
    const { startSeconds, endSeconds, toleranceSeconds } = this.#options;
    if (this.#tail.length > 0) {
      this.#tail.push({ sample, traits });
      if (seconds > endSeconds + interleavingSeconds) this.#audioBehind = packetsBehindEnd;
    } else if (traits.randomAccess === 'start') {
      if (this.#start === undefined) {
        if (seconds >= startSeconds - toleranceSeconds) this.#start = sample;
      } else if (seconds >= endSeconds - toleranceSeconds) {
        this.#tail.push({ sample, traits });
      }
    }
    const isOrdered = video.codec !== 'hevc';
    this.#isVideoOver ||= this.#tail.length > 0 && findLeadingEnd(this.#tail, 0, isOrdered) !== undefined;
  }

  #pushAudio(sample: Sample, audio: AudioTrack): void {
    const { video, endSeconds } = this.#options;
    // With video the end is known when its picture has come; it may be later than was wanted.
    const end = this.end;
    if (video !== undefined && end === undefined) return;
    const until = video === undefined ? endSeconds : end!.presentationTime / video.timescale;
    const isBehind = sample.presentationTime / audio.timescale > until + audioReachSeconds;
    if (this.#audioBehind < packetsBehindEnd) this.#audioBehind = isBehind ? this.#audioBehind + 1 : 0;
  }
}
