/** A kind of hardware encoder. */
export type VideoDevice = 'nvenc' | 'videotoolbox' | 'qsv' | 'vaapi' | 'amf' | 'v4l2';

/** Kinds of hardware encoders, in the order in which they are preferred. */
export const VIDEO_DEVICES: readonly VideoDevice[] = ['nvenc', 'videotoolbox', 'qsv', 'vaapi', 'amf', 'v4l2'];

/** Which encoders a pool may use: all that work, none but x264, or one and x264 behind it. */
export type VideoEncoderChoice = 'auto' | 'software' | VideoDevice;

/**
 * Why a hardware encoder could not do a job: it has no session left, it does not make pictures of this format, or it is
 * broken.
 */
export type DeviceFailure = 'sessions' | 'format' | 'fault';

/** What asking a hardware encoder for a picture told. */
export interface DeviceReport {
  /** The kind. */
  readonly device: VideoDevice;
  /** Whether it gave a picture. */
  readonly isWorking: boolean;
  /** Why not, or what it is, in words for a person. */
  readonly detail: string;
}
