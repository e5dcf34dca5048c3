import { fstatSync, writev as fsWritev } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { RequestError } from '../errors.js';
import type { Output } from './output.js';
import { BrokenPipeError, OutputError, systemCodeOf } from './output-error.js';
import { writeVector } from './write-vector.js';

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
  const stat = fstatSync(STDOUT);
  return stat.isFIFO() || stat.isSocket() ? new PipeOutput(process.stdout) : new DescriptorOutput();
}

/** A file or a device that the shell opened: written by its descriptor, in a thread of its own. */
class DescriptorOutput implements Output {
  readonly name = NAME;

  async write(list: readonly Uint8Array[]): Promise<void> {
    try {
      await writeVector((rest) => writev(STDOUT, rest), list);
    } catch (cause) {
      throw new OutputError(NAME, cause);
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

/**
 * A pipe. Written through its stream, which does not block: a thread that is stuck in a write to a reader that takes
 * nothing would keep the process from ending. A list is one system call, as fast as the descriptor (about 2.5 GB/s).
 */
export class PipeOutput implements Output {
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
