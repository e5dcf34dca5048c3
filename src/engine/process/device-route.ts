import { HardwareDeviceContext, type Frame } from 'node-av/lib';
import { SegmintError } from '../../errors.js';
import type { ChainVariant } from '../device-chain.js';
import type { VideoDevice } from '../video-device.js';
import type { EncodeVideoRequest } from '../video-job.js';
import { PACKET_MARK } from '../video-packet.js';
import type { DeviceChain } from './device-chain.js';
import { DeviceFilter, withFramesContext } from './device-filter.js';
import { blameDevice, deviceError } from './device-failure.js';
import { check } from './native.js';
import type { FrameFilter, PictureRoute } from './picture-route.js';
import type { TakeFrame, VideoDecoder } from './video-decoder.js';
import { VideoEncoder, type EncoderTask, type EncodedPicture } from './video-encoder.js';

/**
 * Pictures are decoded, filtered and encoded by one device, and stay in its memory. Whatever is not as the processor would do it
 * ends the job, and the processor decodes instead: a device knows nothing of what is done with damage.
 */
export class DeviceRoute implements PictureRoute {
  readonly #kind: VideoDevice;
  readonly #chain: DeviceChain;
  readonly #request: EncodeVideoRequest;
  readonly #variants: readonly ChainVariant[];
  readonly #task: EncoderTask;
  readonly #device = new HardwareDeviceContext();
  #encoder: VideoEncoder | undefined;

  /**
   * Opens the device.
   * @param kind - its kind.
   * @param chain - how it is used.
   * @param request - the job.
   * @param variants - what the chain is known to do right.
   * @param task - what the encoder is opened for.
   * @throws {EngineError} when there is no such device.
   */
  constructor(
    kind: VideoDevice,
    chain: DeviceChain,
    request: EncodeVideoRequest,
    variants: readonly ChainVariant[],
    task: EncoderTask,
  ) {
    this.#kind = kind;
    this.#chain = chain;
    this.#request = request;
    this.#variants = variants;
    this.#task = task;
    check(this.#device.create(chain.memory), 'Opening the device');
  }

  /** The encoder, when there was a frame for it. */
  get encoder(): VideoEncoder | undefined {
    return this.#encoder;
  }

  openDecoder(codecPrivate: Uint8Array, take: TakeFrame): VideoDecoder {
    const { decoder: config, timescale } = this.#request;
    return this.#chain.openDecoder(this.#chain, this.#device, { config, codecPrivate, timescale, take });
  }

  openFilter(take: TakeFrame): FrameFilter {
    const refuse = (why: string): never => this.#refuse(why);
    return new DeviceFilter(this.#request, this.#chain, this.#device, this.#variants, refuse, take);
  }

  encoderFor(frame: Frame): VideoEncoder {
    this.#encoder ??= blameDevice(this.#kind, 'opening', () =>
      frame.isHwFrame()
        ? withFramesContext(frame, (frames) => new VideoEncoder({ ...this.#task, frames }))
        : new VideoEncoder(this.#task),
    );
    return this.#encoder;
  }

  notePacketLost(): never {
    return this.#refuse('a packet cannot be decoded');
  }

  /** A decoder that loses pictures or their times does so in silence: each packet of the range must have become a picture. */
  checkPictures(pictures: readonly EncodedPicture[]): void {
    const { packets, startTicks, endTicks } = this.#request;
    const wanted = packets
      .filter(([, , marks]) => (marks & PACKET_MARK.hidden) === 0)
      .map(([time]) => time)
      .filter((time) => time >= startTicks && time < endTicks);
    const made = new Set(pictures.map(({ time }) => time));
    const isWhole = wanted.length === pictures.length && wanted.every((time) => made.has(time));
    if (!isWhole) this.#refuse(`of ${wanted.length} packets, it made ${pictures.length} pictures`);
  }

  [Symbol.dispose](): void {
    this.#encoder?.[Symbol.dispose]();
    this.#device.free();
  }

  #refuse(why: string): never {
    throw deviceError(`Pictures cannot stay in the device's memory: ${why}.`, this.#kind, 'format');
  }
}

/**
 * Does a job in a device's memory; whatever goes wrong is then the device's failure, and another way is taken.
 * @param device - its kind.
 * @param work - does it.
 */
export function blameChain<T>(device: VideoDevice, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SegmintError) || 'deviceFailure' in error.context) throw error;
    throw deviceError(error.message, device, 'fault', error);
  }
}
