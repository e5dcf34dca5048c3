// Tries again by itself when a server has said after which time that may succeed.
import { signal } from '@preact/signals';

/** At most one attempt that is still to come. */
export class LaterRetry {
  /** When it comes, in milliseconds since 1970; undefined where none does. */
  readonly at = signal<number | undefined>(undefined);
  readonly #retry: () => void;
  #ending = new AbortController();

  /** @param retry - makes the attempt. */
  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** Plans it after a number of seconds, or as soon as the page is looked at after that: nobody sees the others. */
  plan(seconds: number): void {
    this.cancel();
    this.at.value = Date.now() + seconds * 1000;
    const { signal: ended } = this.#ending;
    const timer = setTimeout(() => this.#whenSeen(), seconds * 1000);
    ended.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Forgets it. */
  cancel(): void {
    this.#ending.abort();
    this.#ending = new AbortController();
    this.at.value = undefined;
  }

  #whenSeen(): void {
    if (document.hidden) {
      const options = { signal: this.#ending.signal, once: true };
      document.addEventListener('visibilitychange', () => this.#whenSeen(), options);
      return;
    }
    this.cancel();
    this.#retry();
  }
}
