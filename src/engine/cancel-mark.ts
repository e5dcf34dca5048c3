import { randomUUID } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What stands in the file: whether the engine's job is still wanted. */
const WANTED = Uint8Array.of(0);
const UNWANTED = Uint8Array.of(1);

/**
 * How an engine in the middle of a job learns that nobody wants the result: a file of one byte that both processes hold
 * open. An engine at work does not turn its event loop, so it hears no signal, and a pipe cannot be looked into without
 * waiting for it; reading a byte at a place of a file costs a microsecond and never waits.
 */
export class CancelMark implements Disposable {
  /** The open file, for the engine to inherit. */
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Makes a mark; undefined where there is no folder for temporary files, and an engine is only ended. */
  static create(): CancelMark | undefined {
    const path = join(tmpdir(), `segmint-engine-${randomUUID()}`);
    try {
      const mark = new CancelMark(openSync(path, 'wx+', 0o600));
      mark.clear();
      // The name has done its part; a system that keeps names of open files clears its folder itself.
      unlinkSync(path);
      return mark;
    } catch {
      return undefined;
    }
  }

  /** The engine's job is not wanted any more. */
  set(): void {
    writeSync(this.fd, UNWANTED, 0, 1, 0);
  }

  /** The next job is wanted. */
  clear(): void {
    writeSync(this.fd, WANTED, 0, 1, 0);
  }

  /** Closes this process's end. */
  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
