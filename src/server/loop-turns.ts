import { AsyncResource } from 'node:async_hooks';

/** What {@link LoopTurns} goes by. */
export interface LoopTurnsOptions {
  /** Milliseconds of a turn after which nothing more is begun in it; 4 by default. */
  readonly budgetMs?: number;
  /** How much is begun in a turn, however quick: most of the work of a task may follow in promises; 32 by default. */
  readonly maxTasks?: number;
  /** The time in milliseconds; the system's monotonic clock when absent. */
  readonly now?: () => number;
  /** Calls back in the next turn, in the order of the calls; `setImmediate` when absent. */
  readonly later?: (callback: () => void) => void;
}

const DEFAULT_BUDGET_MS = 4;
const DEFAULT_MAX_TASKS = 32;

/**
 * Spreads over several turns of the event loop what arrives in one. All requests that have come, and all connections that
 * have ended, since the loop last looked are handed over one after the other without a pause: when hundreds of players begin
 * or leave at once, whoever waits for a timer, a read or an answer that is nearly done would wait for all of them.
 * Nothing is refused or reordered, and where there is little to do all is done at once.
 */
export class LoopTurns {
  readonly #budgetMs: number;
  readonly #maxTasks: number;
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  /** When the first task of this turn began; undefined where none has. */
  #since: number | undefined;
  #begun = 0;
  /** Tasks, each with the context that it was asked for in. */
  readonly #waiting: { readonly task: () => void; readonly context: AsyncResource }[] = [];

  /** @param options - how much is done in a turn. */
  constructor(options: LoopTurnsOptions = {}) {
    this.#budgetMs = options.budgetMs ?? DEFAULT_BUDGET_MS;
    this.#maxTasks = options.maxTasks ?? DEFAULT_MAX_TASKS;
    this.#now = options.now ?? (() => performance.now());
    this.#later = options.later ?? ((callback) => void setImmediate(callback));
  }

  /** How many tasks wait for a later turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Does something now, or in a later turn when this one has been used: first come, first served.
   * @param task - what it throws is thrown here, or is an uncaught exception when it had to wait.
   */
  run(task: () => void): void {
    if (this.#waiting.length === 0 && this.#begin()) {
      task();
      return;
    }
    // It is another's turn in which it is done: what an app keeps for each request must not be the other's then.
    this.#waiting.push({ task, context: new AsyncResource('LoopTurns') });
    this.#later(this.#resume);
  }

  /** Settles when the caller may go on: at once, or in a later turn. */
  async pass(): Promise<void> {
    await new Promise<void>((resolve) => this.run(resolve));
  }

  /** Called once in each turn for each task that waits: what follows from one in promises is done before the next. */
  readonly #resume = (): void => {
    if (this.#begin()) {
      const { task, context } = this.#waiting.shift()!;
      context.runInAsyncScope(task);
    } else this.#later(this.#resume);
  };

  /** Begins a task if there is room for one in this turn. */
  #begin(): boolean {
    const now = this.#now();
    if (this.#since === undefined) {
      this.#since = now;
      this.#begun = 0;
      // Called before whatever waits already: each turn has room for at least one of it.
      this.#later(() => (this.#since = undefined));
    } else if (this.#begun >= this.#maxTasks || now - this.#since >= this.#budgetMs) return false;
    this.#begun++;
    return true;
  }
}
