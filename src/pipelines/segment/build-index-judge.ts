import { avcLengthSize } from '../../codecs/h264/configure.js';
import { statesClosedGops } from '../../codecs/h264/x264-options.js';
import type { InspectVideoSample } from '../../codecs/configuration.js';
import { createVideoInspector } from '../../codecs/video.js';
import { SegmintError } from '../../errors.js';
import type { VideoTrack } from '../../media/track.js';

/** What is known of a place where decoding may begin. */
export interface Candidate {
  /** Presentation time in nanoseconds on the source's own timeline. */
  readonly timeNs: number;
  /** Byte offset in the source of the Cluster that holds it. */
  readonly offset: number;
  /** What the sample itself says; `unseen` when nobody has looked, or nobody can read its codec. */
  readonly access: 'start' | 'recovery' | 'none' | 'unseen';
}

/** Judges the samples that a container calls random access points by their bytes. */
export class KeyframeJudge {
  /** Whether a sample that the container marks may be taken for startable unseen. */
  readonly trustsContainer: boolean;
  readonly #track: VideoTrack;
  readonly #inspect: InspectVideoSample | undefined;

  /** @param firstSample - the bytes of the track's first sample. */
  constructor(track: VideoTrack, firstSample: Uint8Array) {
    this.#track = track;
    this.#inspect = createInspector(track);
    this.trustsContainer = this.#inspect !== undefined && isTrustworthy(track, firstSample);
  }

  /** Whether the codec can be judged at all. */
  get canJudge(): boolean {
    return this.#inspect !== undefined;
  }

  /**
   * Judges a sample by its first bytes.
   * @returns undefined when it holds no picture, as far as its bytes go, or when nothing can begin at it.
   */
  judge(data: Uint8Array): Candidate['access'] | undefined {
    if (this.#inspect === undefined) return 'unseen';
    const { hasPicture, randomAccess } = this.#inspect(data);
    if (!hasPicture) return undefined;
    // H.264 knows pictures that decoding can begin at and that do not say so of themselves.
    return randomAccess === 'none' && this.#track.codec !== 'h264' ? undefined : randomAccess;
  }

  /** What a player is told of a candidate; see `Keyframe.isStartable`. */
  isStartable({ access }: Candidate): boolean | undefined {
    if (access !== 'unseen') return access === 'start';
    return this.trustsContainer ? true : undefined;
  }
}

function createInspector(track: VideoTrack): InspectVideoSample | undefined {
  try {
    return createVideoInspector(track);
  } catch (error) {
    // The track will be re-encoded, or refused with that error by whoever copies it.
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}

function isTrustworthy(track: VideoTrack, firstSample: Uint8Array): boolean {
  switch (track.codec) {
    case 'hevc':
    case 'av1':
    case 'vp9':
    case 'vp8':
      return true;
    case 'h264':
      return statesClosedGops(firstSample, avcLengthSize(track.codecPrivate));
    default:
      return false;
  }
}
