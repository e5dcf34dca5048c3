import type { StreamDescription, StreamSummary } from './stream-report.js';

/** A fragmented MP4 stream that is made while it is read. Nothing happens until it is read or its description is asked for. */
export interface Fmp4Stream extends AsyncIterable<Uint8Array> {
  /**
   * What the stream is; settled before its first byte. Asking for it starts the work up to the first fragment. Rejects
   * with the error that kept the stream from beginning.
   */
  readonly description: Promise<StreamDescription>;
  /** The record of the stream, once it has ended, one way or another. Never rejects; never settles if nothing is read. */
  readonly summary: Promise<StreamSummary>;
  /**
   * Reads the stream as lists of buffers: first the init segment, then a list for each fragment, to be written one
   * after another. The buffers are views of what was read from the source. A stream can be read once, this way or by
   * iterating over it.
   */
  chunks(): AsyncIterableIterator<readonly Uint8Array[]>;
}

/** What makes the stream: it settles the promises that it is given, on its way. */
export type StreamProducer = (report: {
  readonly describe: (description: StreamDescription) => void;
  readonly summarize: (summary: StreamSummary) => void;
}) => AsyncGenerator<readonly Uint8Array[], void, undefined>;

/** Wraps a producer as a stream. */
export function createFmp4Stream(produce: StreamProducer): Fmp4Stream {
  return new ProducedStream(produce);
}

class ProducedStream implements Fmp4Stream {
  readonly summary: Promise<StreamSummary>;
  readonly #description: Promise<StreamDescription>;
  readonly #lists: AsyncGenerator<readonly Uint8Array[], void, undefined>;
  #rejectDescription: (reason: unknown) => void = () => undefined;
  #primed: Promise<IteratorResult<readonly Uint8Array[], void>> | undefined;

  constructor(produce: StreamProducer) {
    let describe: (description: StreamDescription) => void = () => undefined;
    let summarize: (summary: StreamSummary) => void = () => undefined;
    this.#description = new Promise((resolve, reject) => {
      describe = resolve;
      this.#rejectDescription = reject;
    });
    // A reader that only iterates learns of the failure there; nobody need look at the description.
    this.#description.catch(() => undefined);
    this.summary = new Promise((resolve) => {
      summarize = resolve;
    });
    this.#lists = produce({ describe: (value) => describe(value), summarize: (value) => summarize(value) });
  }

  get description(): Promise<StreamDescription> {
    void this.#prime();
    return this.#description;
  }

  chunks(): AsyncIterableIterator<readonly Uint8Array[]> {
    let isBegun = false;
    // No generator: leaving one that was not begun goes unnoticed, but asking for the description has begun the work.
    const iterator: AsyncIterableIterator<readonly Uint8Array[]> = {
      next: () => {
        if (isBegun) return this.#lists.next();
        isBegun = true;
        return this.#prime();
      },
      return: () => this.#lists.return(),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const list of this.chunks()) yield* list;
  }

  /** Pulls the first list, once; it comes only when the first fragment is made. */
  #prime(): Promise<IteratorResult<readonly Uint8Array[], void>> {
    if (this.#primed === undefined) {
      this.#primed = this.#lists.next();
      this.#primed.catch(this.#rejectDescription);
    }
    return this.#primed;
  }
}
