import type { ReadOptions, Source } from '../media/source.js';
import { formatBytes } from './format.js';

/** Shows how far a command is. Disposing of it takes it off the terminal. */
export interface Progress extends Disposable {
  /** Counts bytes that were written. */
  written(bytes: number): void;
}

const NO_PROGRESS: Progress = { written: () => undefined, [Symbol.dispose]: () => undefined };

/**
 * Shows on standard error how far a source has been read.
 * @param read - what is being read; its count is the bar's position.
 * @param isWanted - whether there is a terminal to show it on.
 */
export async function showProgress(read: CountedSource, isWanted: boolean): Promise<Progress> {
  const total = read.size ?? 0;
  const position = total > 0 ? '{bar} {percentage} %  ' : '';
  const left = total > 0 ? ', {eta_formatted} left' : '';
  return await showBar({ format: `${position}{written} written${left}`, total, isWanted }, () =>
    Math.min(read.position, total),
  );
}

/**
 * Shows on standard error how many files have been written.
 * @param total - how many there will be.
 * @param isWanted - whether there is a terminal to show it on.
 */
export async function showFileProgress(total: number, isWanted: boolean): Promise<Progress> {
  const format = '{bar} {value} of {total} files, {written}, {eta_formatted} left';
  let count = 0;
  return await showBar({ format, total, isWanted }, () => ++count);
}

interface BarOptions {
  readonly format: string;
  readonly total: number;
  readonly isWanted: boolean;
}

async function showBar({ format, total, isWanted }: BarOptions, position: () => number): Promise<Progress> {
  if (!isWanted) return NO_PROGRESS;
  const { Presets, SingleBar } = await import('cli-progress');
  const stream = process.stderr;
  const bar = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true, gracefulExit: false },
    Presets.shades_classic,
  );
  let sum = 0;
  bar.start(total, 0, { written: formatBytes(0) });
  return {
    written: (bytes) => {
      sum += bytes;
      bar.update(position(), { written: formatBytes(sum) });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

/** A source that remembers how far it was streamed. */
export class CountedSource implements Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly seekable: boolean;
  readonly identity: string | undefined;
  readonly isLocal: boolean | undefined;
  readonly #source: Source;
  /** End of what was streamed last. */
  position = 0;

  /** @param source - taken over. */
  constructor(source: Source) {
    this.#source = source;
    this.name = source.name;
    this.size = source.size;
    this.seekable = source.seekable;
    this.identity = source.identity;
    this.isLocal = source.isLocal;
  }

  async *stream(offset: number, options?: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    this.position = offset;
    for await (const chunk of this.#source.stream(offset, options)) {
      this.position += chunk.length;
      yield chunk;
    }
  }

  async read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    return await this.#source.read(offset, length, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
