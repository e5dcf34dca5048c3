import { checkLimit } from '../../bytes/limits.js';
import type { InspectedSample } from '../video-start.js';
import { MAX_SEGMENT_BYTES } from './video-scan.js';

/** No codec lets more pictures than this precede one in decode order and follow it in presentation order. */
const deepestReordering = 16;

/** What of a track is decoded for a range of presentation time. */
export interface VideoRangeOptions {
  /** First presentation time that is wanted, in ticks of the output. */
  readonly startTicks: number;
  /** First presentation time that is not wanted any more. */
  readonly endTicks: number;
  /** Begin with the first random access point, also when it comes after the start. */
  readonly mayBeginLate: boolean;
  /** Presentation time of a picture, in ticks of the output. */
  readonly ticksOf: (picture: InspectedSample) => number;
  /** The codec has no pictures that lead a random access point that players can begin at. */
  readonly isOrdered: boolean;
}

/** Takes out of a run of pictures what a decoder needs to give all that are shown in a range of time. */
export class VideoRange {
  readonly #options: VideoRangeOptions;
  #held: InspectedSample[] = [];
  #heldBytes = 0;
  /** How many are held up to the last one that is shown before the end. */
  #needed = 0;
  /** Pictures since then; the first random access point among them. */
  #behind = 0;
  #boundary: InspectedSample | undefined;
  #state: 'reading' | 'missed' | 'done' = 'reading';

  /** @param options - the range. */
  constructor(options: VideoRangeOptions) {
    this.#options = options;
  }

  /** `missed`: a picture of the range came, and before it none that decoding could begin at. */
  get state(): 'reading' | 'missed' | 'done' {
    return this.#state;
  }

  /** In decode order; the first is one that decoding can begin at, the last one is shown before the range's end. */
  get pictures(): readonly InspectedSample[] {
    return this.#held.slice(0, this.#needed);
  }

  /**
   * Takes the next picture in decode order.
   * @throws {LimitExceededError} when there are more bytes than is sensible.
   */
  push(picture: InspectedSample): void {
    const { startTicks, endTicks, mayBeginLate, ticksOf } = this.#options;
    const ticks = ticksOf(picture);
    const isAccess = picture.traits.randomAccess !== 'none';
    if (isAccess && ticks <= startTicks) {
      // All that is wanted can be decoded from here.
      this.#held = [];
      this.#heldBytes = 0;
      this.#needed = 0;
    } else if (this.#held.length === 0 && !(isAccess && mayBeginLate)) {
      if (ticks >= startTicks && !mayBeginLate) this.#state = 'missed';
      return;
    }
    if (ticks >= endTicks) {
      if (this.#isPast(picture)) {
        this.#state = 'done';
        return;
      }
    } else {
      this.#behind = 0;
      this.#boundary = undefined;
      // Nothing refers to it, and it is not shown.
      if (picture.traits.isDisposable && ticks < startTicks) return;
    }
    this.#hold(picture);
    if (ticks < endTicks) this.#needed = this.#held.length;
  }

  /** Whether no picture of the range comes any more, now that one behind it has come. */
  #isPast(picture: InspectedSample): boolean {
    const { traits, sample } = picture;
    if (this.#boundary !== undefined) {
      const { traits: first, sample: boundary } = this.#boundary;
      const isTrailing =
        first.randomAccess === 'start'
          ? traits.leading === 'none'
          : sample.presentationTime > boundary.presentationTime;
      if (isTrailing) return true;
    } else if (traits.randomAccess !== 'none') {
      if (traits.randomAccess === 'start' && this.#options.isOrdered) return true;
      this.#boundary = picture;
    }
    return ++this.#behind > deepestReordering;
  }

  #hold(picture: InspectedSample): void {
    this.#held.push(picture);
    this.#heldBytes += picture.sample.data.byteLength;
    checkLimit('number of bytes to decode for a segment', this.#heldBytes, MAX_SEGMENT_BYTES, {
      track: picture.sample.trackId,
      offset: picture.sample.offset,
    });
  }
}
