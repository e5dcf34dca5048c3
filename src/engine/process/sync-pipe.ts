import { readSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../../io/system-code.js';

/**
 * Blocking reads and writes on the engine's end of the pipe. An engine process has nothing else to do while it waits,
 * and a blocking system call costs a tenth of a turn of the event loop.
 */

/** Something to sleep on when the pipe is in non-blocking mode after all (no platform is known to do that). */
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Fills a buffer from a pipe.
 * @param fd - the pipe.
 * @param target - filled completely.
 * @returns false when the other side closed the pipe before the buffer was full.
 */
export function readFully(fd: number, target: Uint8Array): boolean {
  let filled = 0;
  while (filled < target.byteLength) {
    const count = retry(() => readSync(fd, target, filled, target.byteLength - filled, null));
    if (count === 0) return false;
    filled += count;
  }
  return true;
}

/**
 * Writes a buffer to a pipe.
 * @param fd - the pipe.
 * @param bytes - written completely.
 */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.byteLength) {
    written += retry(() => writeSync(fd, bytes, written, bytes.byteLength - written));
  }
}

function retry(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      const code = systemCodeOf(error);
      if (code === 'EINTR') continue;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
