import type { EncodeVideoRequest } from '../video-job.js';
import type { FrameFilter, PictureRoute } from './picture-route.js';
import { VideoDecoder, type TakeFrame } from './video-decoder.js';
import type { VideoEncoder } from './video-encoder.js';
import { VideoFilter } from './video-filter.js';

/** Pictures are decoded and filtered by the processor, and lie in its memory; what encodes them may be a device. */
export class ProcessorRoute implements PictureRoute {
  readonly #request: EncodeVideoRequest;
  readonly #encoder: VideoEncoder;
  readonly #pixelFormat: 'yuv420p' | 'nv12';

  /**
   * @param request - the job.
   * @param encoder - stays the caller's.
   * @param pixelFormat - pixels that the encoder takes.
   */
  constructor(request: EncodeVideoRequest, encoder: VideoEncoder, pixelFormat: 'yuv420p' | 'nv12') {
    this.#request = request;
    this.#encoder = encoder;
    this.#pixelFormat = pixelFormat;
  }

  openDecoder(codecPrivate: Uint8Array, take: TakeFrame): VideoDecoder {
    const { decoder, timescale } = this.#request;
    return new VideoDecoder(decoder, codecPrivate, timescale, hasDecodeTimesOnly(this.#request), take);
  }

  openFilter(take: TakeFrame): FrameFilter {
    const { decoder, format, timescale } = this.#request;
    const packing = this.#pixelFormat === 'yuv420p' ? [] : [`format=${this.#pixelFormat}`];
    return new VideoFilter(decoder, format, timescale, take, packing);
  }

  encoderFor(): VideoEncoder {
    return this.#encoder;
  }

  notePacketLost(): void {
    // It is counted; the pictures around it are as good as they can be.
  }

  checkPictures(): void {
    // What cannot be decoded is missing.
  }

  [Symbol.dispose](): void {
    // The encoder is the caller's.
  }
}

/** Presentation times that are the decode times throughout tell nothing of the order in which pictures are shown. */
export function hasDecodeTimesOnly({ packets }: EncodeVideoRequest): boolean {
  return packets.every(([time, decodeTime]) => time === decodeTime);
}
