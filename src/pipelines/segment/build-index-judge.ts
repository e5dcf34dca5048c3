import { avcLengthSize } from '../../codecs/h264/configure.js';
import { statedGops } from '../../codecs/h264/x264-options.js';
import type { InspectVideoSample } from '../../codecs/configuration.js';
import { createVideoInspector } from '../../codecs/video.js';
import { SegmintError } from '../../errors.js';
import type { VideoCodec } from '../../media/codec.js';
import type { VideoTrack } from '../../media/track.js';
import { inspectPicture } from '../inspect-picture.js';

/** What is known of a place where decoding may begin. */
export interface Candidate {
  /** Presentation time in nanoseconds on the source's own timeline. */
  readonly timeNs: number;
  /** Byte offset in the source of the Cluster that holds it. */
  readonly offset: number;
  /** What the sample itself says; `unseen` when nobody has looked, or nobody can read its codec. */
  readonly access: 'start' | 'recovery' | 'none' | 'unseen';
}

/** Codecs of which every keyframe that a container marks is one that players can begin at. */
const trustedCodecs: ReadonlySet<VideoCodec> = new Set<VideoCodec>(['hevc', 'av1', 'vp9', 'vp8']);

/** Judges the samples that a container calls random access points by their bytes. */
export class KeyframeJudge {
  /** Whether a sample that the container marks may be taken for startable unseen. */
  readonly trustsContainer: boolean;
  readonly #track: VideoTrack;
  readonly #inspect: InspectVideoSample | undefined;

  /** Of samples that nobody has looked at it is known that players cannot begin at them. */
  readonly #refusesUnseen: boolean;

  /** @param firstSample - the bytes of the track's first sample. */
  constructor(track: VideoTrack, firstSample: Uint8Array) {
    this.#track = track;
    this.#inspect = createInspector(track);
    const gops =
      track.codec === 'h264' ? statedGops(firstSample, avcLengthSize(track.codecPrivate)) : undefined;
    this.trustsContainer =
      this.#inspect !== undefined && (gops === 'closed' || trustedCodecs.has(track.codec));
    this.#refusesUnseen = gops === 'open';
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
    // A damaged sample is no place to begin at, and no reason to refuse the whole source.
    const traits = inspectPicture(this.#inspect, data);
    if (traits === undefined) return undefined;
    const { randomAccess } = traits;
    // H.264 knows pictures that decoding can begin at and that do not say so of themselves.
    return randomAccess === 'none' && this.#track.codec !== 'h264' ? undefined : randomAccess;
  }

  /** What a player is told of a candidate; see `Keyframe.isStartable`. */
  isStartable({ access }: Candidate): boolean | undefined {
    if (access !== 'unseen') return access === 'start';
    if (this.#refusesUnseen) return false;
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
