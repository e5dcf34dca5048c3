import { fstatSync, writev as fsWritev } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RequestError } from '../errors.js';
import type { Output } from './output.js';
import { BrokenPipeError, OutputError } from './output-error.js';
import { systemCodeOf } from '../io/system-code.js';
import { writeVector } from '../io/write-vector.js';

const STDOUT = 1;
const NAME = 'Standard output';
const writev = promisify(fsWritev);

/**
 * Takes standard output for output.
 * @throws {RequestError} when it is a terminal.
 */
export function openStdoutOutput(): Output {
  if (isatty(STDOUT)) {
    throw new RequestError('Standard output is a terminal; send it to a file or a program.');
  }
  return fstatSync(STDOUT).isSocket() ? new StreamOutput(process.stdout) : new DescriptorOutput(writeStdout);
}

/** Makes one system call; gives the number of bytes that it took. */
type WriteOnce = (list: Uint8Array[]) => Promise<{ bytesWritten: number }>;

const writeStdout: WriteOnce = (list) => writev(STDOUT, list);

/**
 * A pipe, file or device that the shell opened: written by its descriptor, in a thread of its own, while this one makes
 * what comes next. Into a pipe that is nearly twice as fast as its stream, which copies in this thread. A reader that
 * takes nothing keeps that thread for as long; see main.ts for how the process ends all the same.
 */
export class DescriptorOutput implements Output {
  readonly name = NAME;
  readonly #writeOnce: WriteOnce;

  /** @param writeOnce - writes to the descriptor. */
  constructor(writeOnce: WriteOnce) {
    this.#writeOnce = writeOnce;
  }

  async write(list: readonly Uint8Array[]): Promise<void> {
    try {
      await writeVector((rest) => this.#tryWrite(rest), list);
    } catch (cause) {
      throw outputError(cause);
    }
  }

  async #tryWrite(list: Uint8Array[]): Promise<{ bytesWritten: number }> {
    for (;;) {
      try {
        return await this.#writeOnce(list);
      } catch (error) {
        // A pipe that another program made non-blocking, and that is full.
        if (systemCodeOf(error) !== 'EAGAIN') throw error;
        await sleep(1);
      }
    }
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  // What was written is the reader's already; the exit code tells whether it is whole.
  discard(): Promise<void> {
    return Promise.resolve();
  }
}

/** A socket, which may be one that does not block: its stream waits for it as it has to be waited for. */
export class StreamOutput implements Output {
  readonly name = NAME;
  readonly #stream: Writable;
  #failure: OutputError | undefined;

  /** @param stream - not ended here. */
  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (cause: Error) => {
      this.#failure ??= outputError(cause);
    });
  }

  async write(list: readonly Uint8Array[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const error = await new Promise<Error | null | undefined>((resolve) => {
      this.#stream.cork();
      for (const bytes of list) this.#stream.write(bytes);
      // Called back when all that was written before has gone, or cannot go.
      this.#stream.write('', resolve);
      this.#stream.uncork();
    });
    if (error) throw outputError(error);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }
}

function outputError(cause: unknown): OutputError {
  return new (systemCodeOf(cause) === 'EPIPE' ? BrokenPipeError : OutputError)(NAME, cause);
}
