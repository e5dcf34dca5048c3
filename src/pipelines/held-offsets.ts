import type { AudioLane } from './audio-lane.js';
import type { VideoLane } from './video-lane.js';

/** The lanes of an output. */
interface Lanes {
  /** The video track, if any. */
  readonly video: VideoLane | undefined;
  /** The audio track, if any. */
  readonly audio: AudioLane | undefined;
}

/** Follows from which offset of the source on bytes are in use, fragment by fragment: what lies before is free. */
export class HeldOffsets {
  /** Offset in the source of the last sample of each track that was taken in. */
  readonly #last = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY };
  /** Each track's samples came in the order of their offsets: the first one held tells where what is held begins. */
  #isOrdered = true;
  readonly #ofFragments: number[] = [];

  /** A sample has been taken in. */
  note(type: 'video' | 'audio', offset: number): void {
    if (offset < this.#last[type]) this.#isOrdered = false;
    this.#last[type] = offset;
  }

  /** The first offset of what lanes hold and of what is still to come; minus infinity when it is not known. */
  earliest({ video, audio }: Lanes): number {
    if (!this.#isOrdered) return Number.NEGATIVE_INFINITY;
    // What is still to come of a track lies behind the last of its own, which may be before the other track's.
    return Math.min(
      video === undefined ? Infinity : (video.heldFrom ?? this.#last.video),
      audio === undefined ? Infinity : (audio.heldFrom ?? this.#last.audio),
    );
  }

  /** Remembers an offset for the fragment that was cut. */
  push(offset: number): void {
    this.#ofFragments.push(offset);
  }

  /** Gives the offset of the first fragment not asked about yet; minus infinity when it is not known. */
  take(): number {
    return this.#ofFragments.shift() ?? Number.NEGATIVE_INFINITY;
  }
}
