import { LRUCache } from 'lru-cache';

/** Renditions whose sizes are remembered. */
const MAX_RENDITIONS = 512;

/** Expected of a rendition of which nothing is known, in bytes: six seconds of a good 1080p, of stereo, and of text. */
const UNKNOWN = { video: 6 << 20, audio: 256 << 10, subtitle: 16 << 10 } as const;

/** How large segments of a rendition are, from those that were made: the largest so far. */
export class SegmentSizes {
  readonly #largest = new LRUCache<string, number>({ max: MAX_RENDITIONS });

  /**
   * @param rendition - its id.
   * @param type - of its track.
   * @returns bytes.
   */
  expect(rendition: string, type: 'video' | 'audio' | 'subtitle'): number {
    return this.#largest.get(rendition) ?? UNKNOWN[type];
  }

  /** Takes a segment into account. */
  learn(rendition: string, byteLength: number): void {
    this.#largest.set(rendition, Math.max(byteLength, this.#largest.get(rendition) ?? 0));
  }
}
