/** One of the things that a server needs or uses. */
export interface ReadinessCheck {
  /** What it is. */
  readonly part: string;
  /** Whether the server is of no use without it. */
  readonly isNeeded: boolean;
  /**
   * Tries it.
   * @param signal - ends the trying.
   * @throws whatever says that it does not work.
   */
  readonly check: (signal: AbortSignal) => Promise<void>;
}

/** Whether a server can do its work. */
export interface ReadinessReport {
  /** Whether all that it needs works. */
  readonly status: 'ready' | 'unready';
  /** What was found of each part. */
  readonly parts: Readonly<Record<string, 'works' | 'fails'>>;
}

/** Asked more often than this, the last answer is given again: asking must not become a load. */
const KEPT_MS = 5000;
const TIMEOUT_MS = 5000;

/** Finds out whether a server can do its work, by trying. */
export class Readiness {
  readonly #checks: readonly ReadinessCheck[];
  readonly #now: () => number;
  #last: { readonly at: number; readonly report: Promise<ReadinessReport> } | undefined;

  /**
   * @param checks - what is tried.
   * @param now - milliseconds of a clock that never goes back.
   */
  constructor(checks: readonly ReadinessCheck[], now = () => performance.now()) {
    this.#checks = checks;
    this.#now = now;
  }

  /** Tries all parts, or gives what was found a moment ago. Never fails. */
  async report(): Promise<ReadinessReport> {
    if (this.#last === undefined || this.#now() - this.#last.at >= KEPT_MS) {
      this.#last = { at: this.#now(), report: this.#try() };
    }
    return await this.#last.report;
  }

  async #try(): Promise<ReadinessReport> {
    const found = await Promise.all(
      this.#checks.map(async ({ part, isNeeded, check }) => {
        try {
          await check(AbortSignal.timeout(TIMEOUT_MS));
          return { part, isNeeded, works: true };
        } catch {
          return { part, isNeeded, works: false };
        }
      }),
    );
    return {
      status: found.every(({ isNeeded, works }) => works || !isNeeded) ? 'ready' : 'unready',
      parts: Object.fromEntries(found.map(({ part, works }) => [part, works ? 'works' : 'fails'])),
    };
  }
}
