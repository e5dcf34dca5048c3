import { Frame, HardwareDeviceContext, HardwareFramesContext, type CodecContext } from 'node-av/lib';
import { AV_PIX_FMT_NV12, AV_PIX_FMT_VAAPI } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import type { EncodedFormat } from '../video-output.js';
import type { EncoderSetup } from './encoder-setup.js';
import { check } from './native.js';

/** Frames that an encoder holds at the same time. */
const SURFACES = 20;

/** Frames in a device's own memory, for encoders that take no others. */
export class DeviceMemory implements Disposable {
  readonly #device = new HardwareDeviceContext();
  readonly #frames = new HardwareFramesContext();
  readonly #frame = new Frame();

  private constructor(type: NonNullable<EncoderSetup['memory']>, { width, height }: EncodedFormat) {
    this.#frame.alloc();
    try {
      check(this.#device.create(type), 'Opening the device');
      const frames = this.#frames;
      frames.alloc(this.#device);
      frames.format = AV_PIX_FMT_VAAPI;
      frames.swFormat = AV_PIX_FMT_NV12;
      frames.width = width;
      frames.height = height;
      frames.initialPoolSize = SURFACES;
      check(frames.init(), "Taking frames in the device's memory");
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Opens a device's memory.
   * @returns undefined when the encoder takes frames from this process's memory.
   * @throws {EngineError} when there is no such device, or it has no frames of the format.
   */
  static open({ memory }: EncoderSetup, format: EncodedFormat): DeviceMemory | undefined {
    return memory === undefined ? undefined : new DeviceMemory(memory, format);
  }

  /** Tells an encoder, before it is opened, where its frames come from. */
  give(context: CodecContext): void {
    context.pixelFormat = AV_PIX_FMT_VAAPI;
    context.hwFramesCtx = this.#frames;
  }

  /**
   * Copies a frame into the device's memory.
   * @returns the copy; valid until the next call.
   */
  upload(frame: Frame): Frame {
    const copy = this.#frame;
    copy.unref();
    check(this.#frames.getBuffer(copy, 0), "Taking a frame of the device's memory");
    const code = this.#frames.transferDataSync(copy, frame, 0);
    if (code < 0) throw new EngineError('A frame could not be copied to the device.', { context: { code } });
    if (copy.copyProps(frame) < 0) throw new EngineError("A frame's properties could not be copied.");
    return copy;
  }

  /** Frees the native parts. */
  [Symbol.dispose](): void {
    this.#frame.free();
    this.#frames.free();
    this.#device.free();
  }
}
