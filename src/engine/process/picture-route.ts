import type { Frame } from 'node-av/lib';
import type { TakeFrame, VideoDecoder } from './video-decoder.js';
import type { EncodedPicture, VideoEncoder } from './video-encoder.js';

/** What frames go through between decoder and encoder. */
export interface FrameFilter extends Disposable {
  /**
   * Filters a frame. What it becomes may come out later, when its neighbours are known.
   * @param frame - taken over.
   * @param time - its presentation time in ticks.
   */
  push(frame: Frame, time: number): void;
  /** Takes out what is still held. */
  drain(): void;
}

/** Where pictures are decoded, filtered and encoded. */
export interface PictureRoute extends Disposable {
  /**
   * Opens the decoder.
   * @param codecPrivate - its extradata; may be empty.
   * @param take - takes what comes out, in presentation order.
   */
  openDecoder(codecPrivate: Uint8Array, take: TakeFrame): VideoDecoder;
  /**
   * Opens the filter.
   * @param take - takes what comes out.
   */
  openFilter(take: TakeFrame): FrameFilter;
  /**
   * The encoder, one for all frames.
   * @param frame - the first one that it is to encode.
   */
  encoderFor(frame: Frame): VideoEncoder;
  /** A packet could not be decoded. */
  notePacketLost(): void;
  /**
   * Looks at what was made.
   * @throws {EngineError} when it must not be used.
   */
  checkPictures(pictures: readonly EncodedPicture[]): void;
}
