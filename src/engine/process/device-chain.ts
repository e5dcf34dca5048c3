import type { HardwareDeviceContext } from 'node-av/lib';
import type { AVHWDeviceType, AVPixelFormat } from 'node-av/constants';
import type { EncodeVideoRequest } from '../video-job.js';
import type { DeviceWork } from './device-work.js';
import type { TakeFrame, VideoDecoder } from './video-decoder.js';

/** What a decoder is opened for. */
export interface DecodingTask {
  /** The codec, and what the container says about it. */
  readonly config: EncodeVideoRequest['decoder'];
  /** Its extradata; may be empty. */
  readonly codecPrivate: Uint8Array;
  /** Ticks a second of packet times. */
  readonly timescale: number;
  /** Takes what comes out, in presentation order. */
  readonly take: TakeFrame;
}

/** How pictures are decoded and filtered without leaving a device's memory. */
export interface DeviceChain {
  /** The kind of device in whose memory they lie. */
  readonly memory: AVHWDeviceType;
  /** How libavutil names what lies there. */
  readonly pixelFormat: AVPixelFormat;
  /**
   * Frames that filters and encoder may hold at the same time beside those that a decoder or filter itself needs, where the device
   * has a fixed number of them: who finds none fails.
   */
  readonly extraFrames: number;
  /**
   * Opens a decoder whose frames lie there.
   * @throws {UnsupportedMediaError} when there is none, or it does not accept the configuration.
   */
  readonly openDecoder: (
    chain: DeviceChain,
    device: HardwareDeviceContext,
    task: DecodingTask,
  ) => VideoDecoder;
  /**
   * Writes libavfilter's chain, one filter an entry, from the decoder's frames to the encoder's.
   * @returns undefined when the device has no filters for that.
   */
  readonly writeFilters: (work: DeviceWork) => readonly string[] | undefined;
}
