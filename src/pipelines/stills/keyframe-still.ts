import type { EnginePool } from '../../engine/pool.js';
import { makeStill, type StillPicture } from '../../engine/still-job.js';
import { EngineError, LimitExceededError, MalformedMediaError } from '../../errors.js';
import type { VideoTrack } from '../../media/track.js';
import { readKeyframe, type KeyframeDemuxer, type KeyframePlace } from './read-keyframe.js';
import type { StillSize } from './upright-size.js';

/** Samples of a picture when its first one alone gives none: its other field, and what shows that it is complete. */
const WITH_FOLLOWERS = 4;

/** A picture of a video, and when it is shown. */
export interface KeyframeStill {
  /** The picture; undefined when it cannot be decoded. */
  readonly picture: StillPicture | undefined;
  /** Its presentation time in ticks of its track. */
  readonly time: number;
}

/**
 * Reads a picture that decoding can begin at, and has it decoded.
 * @param video - the opened source, and its track.
 * @param place - where the picture is looked for.
 * @param engine - who decodes.
 * @param box - the most there is room for.
 * @param signal - ends it.
 * @returns undefined when there is none.
 * @throws {UnsupportedMediaError} when the engine has no decoder for the video.
 * @throws {MalformedMediaError | LimitExceededError | SourceError | EngineError} when it cannot be done.
 */
export async function makeKeyframeStill(
  { demuxer, track }: { readonly demuxer: KeyframeDemuxer; readonly track: VideoTrack },
  place: KeyframePlace,
  engine: EnginePool,
  box: StillSize,
  signal: AbortSignal,
): Promise<KeyframeStill | undefined> {
  const { rotation, isMirrored } = track;
  for (const count of [1, WITH_FOLLOWERS]) {
    const samples = await readKeyframe(demuxer, track, place, count, signal);
    const time = samples[0]?.presentationTime;
    if (time === undefined) return undefined;
    const packets = samples.map(({ data }) => data);
    const { palette } = samples[0]!;
    const job = { decoder: track, rotation, isMirrored, packets, palette, ...box };
    const picture = await makeStill(engine, job, { signal });
    if (picture !== undefined || count === WITH_FOLLOWERS) return { picture, time };
  }
  return undefined;
}

/**
 * Does work on one picture. That it is damaged, and be it that it brings a decoder down, is no reason to have none of the others.
 * @returns undefined when it cannot be had.
 * @throws what tells of the source or of the machine, and the signal's reason.
 */
export async function unlessDamaged<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const isOfThePicture =
      error instanceof EngineError ||
      error instanceof MalformedMediaError ||
      error instanceof LimitExceededError;
    if (isOfThePicture) return undefined;
    throw error;
  }
}
