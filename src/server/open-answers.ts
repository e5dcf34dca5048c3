import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveStreams } from './active-streams.js';

/** How long a server that ends leaves continuous streams: a film's rest would take hours, and they are begun anew elsewhere. */
const STREAM_GRACE_MS = 2000;

/** All answers that have not ended, so that a server can end when they have. */
export class OpenAnswers {
  readonly #open = new Set<ServerResponse>();
  #onIdle: (() => void) | undefined;

  /** Counts an answer until it has ended or its connection is gone. */
  add(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#onIdle?.();
    });
  }

  /**
   * Waits until all answers have ended. Streams are broken off after a little while, the others when the time is over.
   * @param timeoutMs - no longer than this.
   * @param streams - the continuous ones.
   */
  async settle(timeoutMs: number, streams: ActiveStreams): Promise<void> {
    if (this.#open.size === 0) return;
    const over = new AbortController();
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    const wait = (ms: number): Promise<void> =>
      delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
    void wait(Math.min(STREAM_GRACE_MS, timeoutMs)).then(async () => {
      if (!over.signal.aborted) await streams.close();
    });
    await Promise.race([idle, wait(timeoutMs)]);
    over.abort();
    // What is being made can still end in a status. What is being sent waits for clients, who may take their time.
    for (const response of this.#open) if (response.headersSent) response.destroy();
  }
}
