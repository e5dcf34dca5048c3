import { PACKET_MARK } from '../video-packet.js';
import type { VideoDecoder } from './video-decoder.js';

/**
 * Decodes packets of which some do not follow what comes before them. For each part there is a decoder of its own: one that went on
 * would take pictures of the next part for those before it.
 */
export class DecoderInParts implements Disposable {
  readonly #open: () => VideoDecoder;
  #decoder: VideoDecoder;
  #isFresh = true;

  /** @param open - opens a decoder. */
  constructor(open: () => VideoDecoder) {
    this.#open = open;
    this.#decoder = open();
  }

  /** The next packet does not follow what came before it. */
  beginAnew(): void {
    if (this.#isFresh) return;
    this.#decoder.drain();
    const next = this.#open();
    this.#decoder[Symbol.dispose]();
    this.#decoder = next;
    this.#isFresh = true;
  }

  /** Has the packets from the next one on decoded with another palette, as {@link VideoDecoder.usePalette} does. */
  usePalette(palette: Uint8Array): void {
    this.#decoder.usePalette(palette);
  }

  /**
   * Decodes one packet.
   * @param data - the packet.
   * @param time - its presentation time in ticks.
   * @param decodeTime - its decode time in ticks; null when the container has none.
   * @param marks - bits of {@link PACKET_MARK}.
   * @returns false when it could not be decoded; the next one may be.
   */
  decode(data: Uint8Array, time: number, decodeTime: number | null, marks: number): boolean {
    this.#isFresh = false;
    const isKey = (marks & PACKET_MARK.key) !== 0;
    return this.#decoder.decode(data, time, decodeTime, isKey, (marks & PACKET_MARK.hidden) !== 0);
  }

  /** Takes out what the last decoder still holds. */
  drain(): void {
    this.#decoder.drain();
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
  }
}
