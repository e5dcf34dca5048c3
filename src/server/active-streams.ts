import { OverloadedError } from '../errors.js';

/** The streams or other long answers that are being sent: how many there may be, and how all end when the server does. */
export class ActiveStreams {
  readonly #limit: number;
  readonly #running = new Map<AbortController, Promise<void>>();
  #isClosed = false;

  /** @param limit - how many streams may be sent at a time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many streams are being sent. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Runs a stream.
   * @param work - sends it; the controller's signal ends it, and aborting the controller is how `work` itself does so.
   * @throws {OverloadedError} when there are too many already, or the server is ending.
   */
  async run(work: (controller: AbortController) => Promise<void>): Promise<void> {
    if (this.#isClosed) throw new OverloadedError('The server is shutting down.');
    if (this.#running.size >= this.#limit) {
      throw new OverloadedError(
        `The server answers ${this.#limit} requests of this kind already; try again later.`,
      );
    }
    const controller = new AbortController();
    const done = work(controller);
    this.#running.set(
      controller,
      done.catch(() => undefined),
    );
    try {
      await done;
    } finally {
      this.#running.delete(controller);
    }
  }

  /** Ends all streams, waits until they have closed what they use, and lets no other begin. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const running = [...this.#running];
    for (const [controller] of running) controller.abort(new OverloadedError('The server is shutting down.'));
    await Promise.all(running.map(([, done]) => done));
  }
}
