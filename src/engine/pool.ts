import { availableParallelism } from 'node:os';
import { EngineError, OverloadedError } from '../errors.js';
import { JOBS_ENTRY } from './engine-entries.js';
import { EngineSlot, type SlotOwner } from './engine-slot.js';
import { EngineTask } from './engine-task.js';
import type { EngineIdentity, EngineReply, EngineRequest } from './engine-job.js';
import { defaultMemoryBudget, memoryLimitOf, pickWithin } from './memory-budget.js';
import type { EnginePoolOptions } from './pool-options.js';
import { probeVideoDevice } from './probe-video-device.js';
import { proveDeviceChain } from './prove-device-chain.js';
import { findDeviceObstacle } from './device-obstacle.js';
import { VideoEncoders } from './video-encoders.js';

/** Options of one job. */
export interface EngineJobOptions {
  /** Ends the job; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the job may run, in milliseconds, from when an engine takes it. */
  readonly deadlineMs?: number | undefined;
  /** How many engines may die at the job before it has failed. 2 by default: the second death is no accident. */
  readonly maxDeaths?: number | undefined;
  /**
   * About how much memory it takes, in bytes; 0, the default, for next to nothing. It waits until there is that much, and by
   * default may take twice as much.
   */
  readonly memoryBytes?: number | undefined;
}

/** What a pool has done and is doing. */
export interface EnginePoolStats {
  /** Jobs that were answered, well or badly. */
  readonly jobsDone: number;
  /** Jobs that wait for an engine. */
  readonly jobsQueued: number;
  /** Jobs that an engine is at, those that nobody waits for any more included. */
  readonly jobsRunning: number;
  /** Engine processes that were started in place of one that died. */
  readonly restarts: number;
  /** Ids of the processes that live. */
  readonly pids: readonly number[];
}

/** Engine processes and the queue before them. */
export interface EnginePool extends AsyncDisposable {
  /** What was done so far. */
  readonly stats: EnginePoolStats;
  /** The encoders of video, and what is known of them. */
  readonly videoEncoders: VideoEncoders;

  /**
   * Waits until the first engine is up.
   * @throws {EngineError} when engines cannot be started here.
   */
  ready(): Promise<EngineIdentity>;

  /**
   * Has a job done by the next free engine. A job whose engine dies is given to another one, once.
   * @param request - the job.
   * @param options - a signal and a deadline.
   * @throws {OverloadedError} when the queue is full.
   * @throws {EngineError} when the job fails, runs past its deadline or its memory, or kills two engines.
   * @throws {UnsupportedMediaError} when the engine has no codec for what it is given.
   */
  run(request: EngineRequest, options?: EngineJobOptions): Promise<EngineReply>;

  /**
   * Asks a question whose answer holds for as long as the pool lives, once; a failed one is asked anew the next time.
   * @param key - names the question.
   * @param ask - finds the answer, by jobs of this pool.
   */
  remember<T>(key: string, ask: () => Promise<T>): Promise<T>;

  /**
   * Calls a listener whenever an engine is free and no job waits for it: when it has answered, or has just been started.
   * @param listener - must not throw.
   * @returns ends it.
   */
  onSpare(listener: () => void): Disposable;
}

/**
 * Starts a pool of engine processes. They live until the pool is disposed of, or until this process ends: idle engines
 * do not hold its event loop open, and each ends by itself when its pipe does.
 * @param options - sizes and limits.
 */
export function createEnginePool(options: EnginePoolOptions = {}): EnginePool {
  return new Pool(options);
}

/** Engines that died one after the other without any job, after which no more are started until one is wanted. */
const MAX_IDLE_DEATHS = 3;

class Pool implements EnginePool, SlotOwner {
  readonly entry: URL;
  readonly graceMs: number;
  readonly niceness: number;
  readonly videoEncoders: VideoEncoders;
  readonly #memoryLimitBytes: number | undefined;
  readonly #memoryBudgetBytes: number;
  readonly #deadlineMs: number;
  readonly #maxQueued: number;
  readonly #slots: EngineSlot[];
  /** Waiting jobs, first come, first served. A Set keeps that order and forgets one in constant time. */
  readonly #queue = new Set<EngineTask>();
  /** Jobs whose engine died; they waited already and go first. */
  readonly #retries = new Set<EngineTask>();
  readonly #readyWaiters = new Set<PromiseWithResolve<EngineIdentity>>();
  #identity: EngineIdentity | undefined;
  #idleDeaths = 0;
  #jobsDone = 0;
  #restarts = 0;
  #closing: Promise<void> | undefined;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #spareListeners = new Set<() => void>();

  constructor(options: EnginePoolOptions) {
    this.entry = options.entry ?? JOBS_ENTRY;
    this.graceMs = options.graceMs ?? 500;
    this.#memoryLimitBytes = options.memoryLimitBytes;
    this.#memoryBudgetBytes = options.memoryBudgetBytes ?? defaultMemoryBudget();
    this.niceness = options.niceness ?? 0;
    this.#deadlineMs = options.deadlineMs ?? 60_000;
    this.#maxQueued = options.maxQueued ?? 256;
    const size = Math.max(1, options.size ?? availableParallelism());
    this.#slots = Array.from({ length: size }, () => new EngineSlot(this));
    for (const slot of this.#slots) slot.start();
    this.videoEncoders = new VideoEncoders({
      choice: options.videoEncoder ?? 'auto',
      maxSessions: size,
      obstacleOf: findDeviceObstacle,
      probe: (device) => probeVideoDevice(device, (request, limits) => this.run(request, limits)),
      prove: (device, codec, variant) =>
        proveDeviceChain(device, codec, variant, (request, limits) => this.run(request, limits)),
    });
  }

  get stats(): EnginePoolStats {
    return {
      jobsDone: this.#jobsDone,
      jobsQueued: this.#queue.size + this.#retries.size,
      jobsRunning: this.#slots.filter((slot) => slot.isBusy).length,
      restarts: this.#restarts,
      pids: this.#slots.flatMap((slot) => slot.pid ?? []),
    };
  }

  remember<T>(key: string, ask: () => Promise<T>): Promise<T> {
    // A key stands for one question, and so for one type of answer.
    const known = this.#answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    return answer;
  }

  onSpare(listener: () => void): Disposable {
    // One function may listen twice.
    const listening = (): void => listener();
    this.#spareListeners.add(listening);
    return { [Symbol.dispose]: () => this.#spareListeners.delete(listening) };
  }

  ready(): Promise<EngineIdentity> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (this.#identity !== undefined) return Promise.resolve(this.#identity);
    this.#reviveSlots();
    return new Promise((resolve, reject) => this.#readyWaiters.add({ resolve, reject }));
  }

  run(request: EngineRequest, options: EngineJobOptions = {}): Promise<EngineReply> {
    const { signal, deadlineMs = this.#deadlineMs, maxDeaths = 2, memoryBytes = 0 } = options;
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#queue.size >= this.#maxQueued) {
      return Promise.reject(
        new OverloadedError(
          `All engines are busy and ${this.#maxQueued} jobs wait already; try again later.`,
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const limits = { deadlineMs, maxDeaths, memoryBytes };
      const task = new EngineTask(request, limits, { resolve, reject }, signal, () => {
        this.#queue.delete(task);
        this.#retries.delete(task);
      });
      this.#queue.add(task);
      this.#reviveSlots();
      this.#dispatch();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Resident memory above which an engine is killed, in bytes. */
  memoryLimitFor(memoryBytes: number): number {
    return this.#memoryLimitBytes ?? memoryLimitOf(memoryBytes, this.#memoryBudgetBytes);
  }

  /** An engine is up. */
  slotReady(identity: EngineIdentity): void {
    this.#identity = identity;
    for (const waiter of this.#readyWaiters) waiter.resolve(identity);
    this.#readyWaiters.clear();
    this.#share();
  }

  /** An engine has answered and is free. */
  slotFree(): void {
    this.#jobsDone += 1;
    this.#idleDeaths = 0;
    this.#share();
  }

  /** An engine died at a job that is worth another try. */
  slotLost(task: EngineTask): void {
    if (!task.isSettled) this.#retries.add(task);
    this.#share();
  }

  /** An engine's process is gone. Returns whether to start another in its place. */
  slotDied(wasBusy: boolean, stderrTail: string): boolean {
    if (this.#closing !== undefined) return false;
    if (!wasBusy && ++this.#idleDeaths >= MAX_IDLE_DEATHS) {
      this.#failAll(stderrTail);
      return false;
    }
    this.#restarts += 1;
    return true;
  }

  /** After engines could not be started, the next job is a reason to try again. */
  #reviveSlots(): void {
    if (this.#idleDeaths < MAX_IDLE_DEATHS) return;
    this.#idleDeaths = 0;
    for (const slot of this.#slots) if (!slot.isAlive) slot.start();
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (!slot.isFree) continue;
      const taken = this.#slots.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
      const task = pickWithin([...this.#retries, ...this.#queue], taken, this.#memoryBudgetBytes);
      if (task === undefined) return;
      this.#retries.delete(task);
      this.#queue.delete(task);
      slot.take(task);
    }
  }

  /** Gives free engines what waits, and says so where any is left. */
  #share(): void {
    this.#dispatch();
    if (this.#retries.size + this.#queue.size > 0) return;
    if (this.#slots.some((slot) => slot.isFree)) for (const listener of this.#spareListeners) listener();
  }

  #failAll(stderrTail: string): void {
    const error = new EngineError('Engine processes cannot be kept running on this machine.', {
      context: { stderr: stderrTail },
    });
    this.#rejectAll(error);
  }

  #rejectAll(error: EngineError): void {
    for (const task of [...this.#retries, ...this.#queue]) task.reject(error);
    for (const waiter of this.#readyWaiters) waiter.reject(error);
    this.#readyWaiters.clear();
  }

  async #close(): Promise<void> {
    // In a later turn, so that `#closing` is set before a slot asks whether to start again.
    await Promise.resolve();
    this.#rejectAll(closedError());
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }
}

interface PromiseWithResolve<T> {
  resolve(value: T): void;
  reject(reason: unknown): void;
}

function closedError(): EngineError {
  return new EngineError('The engine pool was closed.');
}
