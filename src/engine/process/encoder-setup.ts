import type { AVHWDeviceType } from 'node-av/constants';

/** Everything that a libavcodec encoder is told beside the format of its pictures. */
export interface EncoderSetup {
  /** libavcodec's name of the encoder. */
  readonly codecName: string;
  /** The encoder's own options, and general ones, by libavcodec's names. */
  readonly options: Readonly<Record<string, string>>;
  /** Pixels that it is given. */
  readonly pixelFormat: 'yuv420p' | 'nv12';
  /** Threads of the encoder in this process. */
  readonly threads: number;
  /**
   * How full the buffer of the bit rate's cap is at the start, 0 to 1, where the encoder looks ahead to plan it; absent where
   * it does not.
   */
  readonly bufferShare?: number | undefined;
  /** The kind of device in whose memory frames must lie; they are given from this process's memory when absent. */
  readonly memory?: AVHWDeviceType | undefined;
}
