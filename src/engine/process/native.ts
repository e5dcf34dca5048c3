import { Buffer } from 'node:buffer';
import { FFmpegError } from 'node-av/lib';
import { AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import { EngineError } from '../../errors.js';

/**
 * Turns a libav error code into an error of ours.
 * @param code - what a native call returned; negative is an error.
 * @param doing - what was being done, as in "opening the decoder".
 * @returns the code, when it is none.
 * @throws {EngineError} saying what failed and what libav calls it.
 */
export function check(code: number, doing: string): number {
  if (code < 0)
    throw new EngineError(`${doing} failed: ${FFmpegError.strerror(code)}.`, { context: { code } });
  return code;
}

/** Whether a codec or filter asks for more input, or says that nothing more will come, and has not failed. */
export function isPause(code: number): boolean {
  return code === AVERROR_EAGAIN || code === AVERROR_EOF;
}

/** A view of bytes as node-av takes them. Shares memory. */
export function viewAsBuffer(view: Uint8Array | Float32Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
