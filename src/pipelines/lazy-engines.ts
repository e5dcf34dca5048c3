import { createEnginePool, type EnginePool } from '../engine/pool.js';

/** The caller's engines, or own ones that are started when they are first needed. */
export class LazyEngines implements AsyncDisposable {
  readonly #given: EnginePool | undefined;
  #own: EnginePool | undefined;

  /** @param given - the caller's engines, if any; they are not ended here. */
  constructor(given: EnginePool | undefined) {
    this.#given = given;
  }

  /** Number of engine processes. */
  get size(): number {
    return Math.max(1, this.get().stats.pids.length);
  }

  /** Gives the engines. */
  get(): EnginePool {
    return this.#given ?? (this.#own ??= createEnginePool());
  }

  /** Ends own engines. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.[Symbol.asyncDispose]();
  }
}
