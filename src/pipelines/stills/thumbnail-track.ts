import type { EnginePool } from '../../engine/pool.js';
import { writeStillSheet, type StillPicture } from '../../engine/still-job.js';
import { RequestError } from '../../errors.js';
import type { IndexEntry, Keyframe } from '../../media/media-index.js';
import type { VideoTrack } from '../../media/track.js';
import { writeWebvttCues, writeWebvttHead } from '../../playlist/webvtt/write-webvtt.js';
import { rescale } from '../../time/rescale.js';
import { millisecondsOf } from '../../time/instant.js';
import type { SegmentContext } from '../segment/segment-track.js';
import { makeKeyframeStill, unlessDamaged } from './keyframe-still.js';
import type { TakeTurn } from './take-turn.js';
import { layThumbnails, type Thumbnail, type ThumbnailLayout } from './thumbnail-layout.js';

/** The thumbnails of a video: small pictures of its keyframes, several in one JPEG. */
export interface ThumbnailTrack {
  /** How many sprites there are. */
  readonly spriteCount: number;

  /**
   * Writes the list of them as WebVTT. Nothing is read for it.
   * @returns text; its URIs are relative, `thumbnails/<n>.jpg#xywh=<x>,<y>,<width>,<height>`.
   * @see Media Fragments URI 1.0, section 4.2.2
   */
  list(): string;

  /**
   * Makes a sprite. Of each picture, its own bytes are read and no others that can be helped; one that cannot be decoded
   * stays grey.
   * @param number - from 0.
   * @param turn - says when each picture is made.
   * @returns a JPEG.
   * @throws {RequestError} `not_found` when there is no such sprite.
   * @throws {UnsupportedMediaError} when the engine has no decoder for the video.
   */
  sprite(number: number, turn: TakeTurn): Promise<Uint8Array>;
}

/** What thumbnails are made of. */
export interface ThumbnailSources {
  /** The source and its index, which is of the track. */
  readonly context: SegmentContext;
  /** The video. */
  readonly track: VideoTrack;
  /** Who decodes. */
  readonly engines: { get(): EnginePool };
}

/** libavcodec's quantiser for thumbnails: some 6 KB each. */
const QUANTIZER = 4;

/** Bytes behind the place of a keyframe that a source may fetch at once: most keyframes end before. */
const KEYFRAME_BYTES = 128 << 10;

/** The thumbnails of a source that was opened for segments. */
export class IndexedThumbnails implements ThumbnailTrack {
  readonly #sources: ThumbnailSources;
  readonly #keyframes: readonly Keyframe[];
  readonly #layout: ThumbnailLayout;

  /** @param sources - what they are made of. */
  constructor(sources: ThumbnailSources) {
    const { context, track } = sources;
    this.#sources = sources;
    this.#keyframes = context.index?.keyframes ?? [];
    const zeroMs = millisecondsOf(context.origin);
    this.#layout = layThumbnails(
      this.#keyframes.map(({ timeNs }) => timeNs / 1e6 - zeroMs),
      (context.plan.end / context.plan.timescale) * 1000,
      track,
    );
  }

  get spriteCount(): number {
    return this.#layout.sprites.length;
  }

  list(): string {
    const { tile, thumbnails } = this.#layout;
    const cues = thumbnails.map(({ startMs, endMs, sprite, x, y }) => ({
      ...{ startMs, endMs, settings: '' },
      text: `thumbnails/${sprite}.jpg#xywh=${x},${y},${tile.width},${tile.height}`,
    }));
    return writeWebvttHead({ isSegment: false }) + writeWebvttCues(cues);
  }

  async sprite(number: number, turn: TakeTurn): Promise<Uint8Array> {
    const { sprites, tile, thumbnails } = this.#layout;
    const size = sprites[number];
    if (size === undefined) {
      throw new RequestError(
        `There is no sprite ${number}; there are 0 to ${sprites.length - 1}.`,
        'not_found',
      );
    }
    const pictures: { x: number; y: number; picture: StillPicture }[] = [];
    for (const thumbnail of thumbnails) {
      if (thumbnail.sprite !== number) continue;
      const picture = await turn('encode', (signal) => this.#picture(thumbnail, signal));
      if (picture === undefined) continue;
      // Pictures of another shape than the container says stand in the middle of their tiles.
      const x = thumbnail.x + evenHalf(tile.width - picture.width);
      const y = thumbnail.y + evenHalf(tile.height - picture.height);
      pictures.push({ x, y, picture });
    }
    const sheet = { ...size, quantizer: QUANTIZER, pictures };
    return await turn('encode', (signal) => writeStillSheet(this.#sources.engines.get(), sheet, { signal }));
  }

  async #picture({ keyframe }: Thumbnail, signal: AbortSignal): Promise<StillPicture | undefined> {
    const { context, track, engines } = this.#sources;
    const { timeNs, offset } = this.#keyframes[keyframe]!;
    const place = {
      from: { startOffset: offset, endOffset: offset + KEYFRAME_BYTES },
      notBefore: rescale(timeNs, 1e9, track.timescale),
      entry: await this.#entryOf(this.#keyframes[keyframe]!, signal),
    };
    const video = { demuxer: context.demuxer, track };
    const { tile } = this.#layout;
    const still = await unlessDamaged(signal, () =>
      makeKeyframeStill(video, place, engines.get(), tile, signal),
    );
    return still?.picture;
  }

  /** What the container's index says of a keyframe, where it tells the place of its block. */
  async #entryOf({ timeNs, offset }: Keyframe, signal: AbortSignal): Promise<IndexEntry | undefined> {
    const { context, track } = this.#sources;
    const entries = await context.demuxer.readCues?.(track.id, { signal });
    return entries?.find(
      (entry) => entry.relativePosition !== undefined && entry.offset === offset && entry.timeNs === timeNs,
    );
  }
}

function evenHalf(pixels: number): number {
  return (pixels >> 2) * 2;
}
