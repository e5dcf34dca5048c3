import { constants } from 'node:os';
import {
  AVERROR_EAGAIN,
  AVERROR_EBUSY,
  AVERROR_EINVAL,
  AVERROR_ENOMEM,
  AVERROR_EPERM,
  AVERROR_EXTERNAL,
  AVERROR_PATCHWELCOME,
  AVERROR_UNKNOWN,
} from 'node-av/constants';
import { EngineError, SegmintError } from '../../errors.js';
import type { DeviceFailure, VideoDevice } from '../video-device.js';

/** What opening an encoder gives when it does not make pictures of this size, level or kind. */
const FORMAT_CODES: ReadonlySet<number> = new Set([
  AVERROR_EINVAL,
  AVERROR_PATCHWELCOME,
  -constants.errno.ENOSYS,
]);

/**
 * What it gives when too many are open: NVENC runs out of memory or finds its key not accepted (EPERM), the others are
 * busy, or say no more than that something outside libavcodec failed.
 */
const SESSION_CODES: ReadonlySet<number> = new Set([
  AVERROR_ENOMEM,
  AVERROR_EPERM,
  AVERROR_EBUSY,
  AVERROR_EAGAIN,
  AVERROR_EXTERNAL,
  AVERROR_UNKNOWN,
]);

/**
 * Does something with a hardware encoder; what goes wrong then says so.
 * @param device - its kind; undefined for x264, whose errors are left as they are.
 * @param doing - what is done with it.
 * @param work - does it.
 */
export function blameDevice<T>(
  device: VideoDevice | undefined,
  doing: 'opening' | 'encoding',
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (device === undefined || !(error instanceof SegmintError)) throw error;
    throw deviceError(error.message, device, failureOf(Number(error.context['code']), doing), error);
  }
}

/** An error of a hardware encoder. */
export function deviceError(
  message: string,
  device: VideoDevice,
  failure: DeviceFailure,
  cause?: SegmintError,
): EngineError {
  return new EngineError(message, { cause, context: { ...cause?.context, device, deviceFailure: failure } });
}

function failureOf(code: number, doing: 'opening' | 'encoding'): DeviceFailure {
  if (doing === 'encoding') return 'fault';
  if (FORMAT_CODES.has(code)) return 'format';
  return SESSION_CODES.has(code) ? 'sessions' : 'fault';
}
