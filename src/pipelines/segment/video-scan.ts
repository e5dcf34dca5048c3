import { checkLimit } from '../../bytes/limits.js';
import type { InspectedSample } from '../video-start.js';
import { CutFinder, findLeadingEnd, type PlannedCut } from './video-cut.js';

/** A segment of more bytes than this is held by nobody. */
export const MAX_SEGMENT_BYTES = 512 * 1024 * 1024;

/** What a scan looks for. */
export interface VideoScanOptions {
  /** All cuts of the plan. */
  readonly cuts: readonly PlannedCut[];
  /** The segment that is wanted. */
  readonly number: number;
  /** The cut that the scan comes to first: at or before that of the wanted segment. */
  readonly from: number;
  /** The first cut need not be where the index says: the scan begins at the beginning. */
  readonly mayBeginAnywhere: boolean;
  /** Times that differ by less are the same, in container ticks. */
  readonly tolerance: number;
  /** The codec has no leading pictures at its random access points. */
  readonly isOrdered: boolean;
}

/** Takes the pictures of one segment out of a run of pictures that begins before it. */
export class VideoScan {
  readonly #options: VideoScanOptions;
  #held: InspectedSample[] = [];
  #heldBytes = 0;
  #cut: number;
  #finder: CutFinder | undefined;
  #state: 'reading' | 'missed' | 'done' = 'reading';
  #pictures: readonly InspectedSample[] = [];
  #next: readonly InspectedSample[] = [];

  /** @param options - what is looked for. */
  constructor(options: VideoScanOptions) {
    this.#options = options;
    this.#cut = options.from;
    this.#finder = this.#createFinder();
  }

  /** `missed`: the first cut is not where the index says. */
  get state(): 'reading' | 'missed' | 'done' {
    return this.#state;
  }

  /** The segment's pictures, in decode order. */
  get pictures(): readonly InspectedSample[] {
    return this.#pictures;
  }

  /** The first picture of the next segment and those that lead it; empty for the last segment. */
  get next(): readonly InspectedSample[] {
    return this.#next;
  }

  /**
   * Takes the next picture in decode order.
   * @throws {LimitExceededError} when the segment has more bytes than is sensible.
   */
  push(picture: InspectedSample): void {
    this.#finder?.push(picture, this.#held.length);
    if (this.#cut === this.#options.from && this.#finder?.isBefore === true) return;
    this.#held.push(picture);
    this.#heldBytes += picture.sample.data.byteLength;
    checkLimit('number of bytes of a segment', this.#heldBytes, MAX_SEGMENT_BYTES, {
      track: picture.sample.trackId,
      offset: picture.sample.offset,
    });
    this.#settle(false);
  }

  /** The source has ended. */
  finish(): void {
    while (this.#state === 'reading') {
      this.#finder?.finish();
      if (this.#finder?.index === undefined) {
        // What is held belongs to the last segment that a cut was found for.
        if (this.#cut === this.#options.number + 1) this.#end(this.#held.length, this.#held.length);
        else this.#state = this.#cut === this.#options.from ? 'missed' : 'done';
      } else {
        this.#settle(true);
      }
    }
  }

  /** Goes from cut to cut as far as what is held tells. */
  #settle(isAtEnd: boolean): void {
    const { number, from, isOrdered, mayBeginAnywhere } = this.#options;
    for (;;) {
      const index = this.#finder?.index;
      if (index === undefined) return;
      if (this.#cut === from && !mayBeginAnywhere && this.#finder?.isExact !== true) {
        this.#state = 'missed';
        return;
      }
      if (this.#cut > number) {
        const end = findLeadingEnd(this.#held, index, isOrdered) ?? (isAtEnd ? this.#held.length : undefined);
        if (end !== undefined) this.#end(index, end);
        return;
      }
      this.#advance(index);
    }
  }

  /** Begins the next segment: what lies before is not wanted. */
  #advance(index: number): void {
    this.#held = this.#held.slice(index);
    this.#heldBytes = this.#held.reduce((sum, { sample }) => sum + sample.data.byteLength, 0);
    this.#cut++;
    this.#finder = this.#createFinder();
    this.#held.forEach((picture, i) => this.#finder?.push(picture, i));
  }

  #end(index: number, leadingEnd: number): void {
    this.#pictures = this.#held.slice(0, index);
    this.#next = this.#held.slice(index, leadingEnd);
    this.#held = [];
    this.#state = 'done';
  }

  #createFinder(): CutFinder | undefined {
    const cut = this.#options.cuts[this.#cut];
    return cut === undefined ? undefined : new CutFinder(cut, this.#options.tolerance);
  }
}
