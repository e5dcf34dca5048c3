import type { EngineReply, EngineRequest } from './engine-job.js';

/** How a task tells its caller the end. */
export interface TaskCaller {
  /** The job is done. */
  resolve(reply: EngineReply): void;
  /** The job failed or is no longer wanted. */
  reject(reason: unknown): void;
}

/** A job on its way through the pool: settled exactly once, by its result, its failure or its signal. */
export class EngineTask {
  /** The job. */
  readonly request: EngineRequest;
  /** How long an engine may be at it, in milliseconds. */
  readonly deadlineMs: number;
  /** How many engines may die at it before it has failed. */
  readonly maxDeaths: number;
  /** About how much memory it takes, in bytes; 0 for next to nothing. */
  readonly memoryBytes: number;
  /** How many engines died at it. */
  deaths = 0;
  /** How many engines died that had been given it and had not begun. */
  strayDeaths = 0;
  /** Told when the signal ends the task while an engine is at it. */
  onAbort: (() => void) | undefined;
  readonly #caller: TaskCaller;
  readonly #signal: AbortSignal | undefined;
  readonly #forget: () => void;
  readonly #abort = (): void => {
    const running = this.onAbort;
    this.reject(this.#signal?.reason);
    running?.();
  };
  #settled = false;

  /**
   * @param request - the job.
   * @param limits - how long it may run, how many engines may die at it, and about how much memory it takes.
   * @param caller - who waits for it.
   * @param signal - ends it; not aborted yet.
   * @param forget - called when it is settled, to take it out of queues.
   */
  constructor(
    request: EngineRequest,
    limits: { readonly deadlineMs: number; readonly maxDeaths: number; readonly memoryBytes: number },
    caller: TaskCaller,
    signal: AbortSignal | undefined,
    forget: () => void,
  ) {
    this.request = request;
    this.deadlineMs = limits.deadlineMs;
    this.maxDeaths = limits.maxDeaths;
    this.memoryBytes = limits.memoryBytes;
    this.#caller = caller;
    this.#signal = signal;
    this.#forget = forget;
    signal?.addEventListener('abort', this.#abort);
  }

  /** Whether the caller has its answer. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** Gives the caller the result. */
  resolve(reply: EngineReply): void {
    if (this.#settle()) this.#caller.resolve(reply);
  }

  /** Tells the caller that there will be no result. */
  reject(reason: unknown): void {
    if (this.#settle()) this.#caller.reject(reason);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.onAbort = undefined;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#forget();
    return true;
  }
}
