import { EngineError, UnsupportedMediaError, type ErrorContext, type SegmintError } from '../errors.js';
import { EngineProcess, type EngineDeath } from './engine-process.js';
import type { EngineTask } from './engine-task.js';
import type { Message } from './message-reader.js';
import type { MessageMeta } from './message.js';
import type { EngineIdentity } from './engine-job.js';
import { readResidentBytes } from './resident-memory.js';

/** What a slot asks of its pool and tells it. */
export interface SlotOwner {
  /** The module that engine processes run. */
  readonly entry: URL;
  /** How long an engine may go on with a job that nobody wants any more, in milliseconds. */
  readonly graceMs: number;
  /**
   * Tells the resident memory above which an engine is killed, in bytes.
   * @param memoryBytes - what its job is expected to take.
   */
  memoryLimitFor(memoryBytes: number): number;
  /** How far engines give way to other processes, 0 to 19. */
  readonly niceness: number;
  /** An engine is up. */
  slotReady(identity: EngineIdentity): void;
  /** An engine has answered and is free. */
  slotFree(): void;
  /** An engine died at a job that is worth another try. */
  slotLost(task: EngineTask): void;
  /** An engine's process is gone. Returns whether to start another in its place. */
  slotDied(wasBusy: boolean, stderrTail: string): boolean;
}

/** How often a busy engine's memory is looked at, in milliseconds. */
const MEMORY_WATCH_MS = 100;

/**
 * How many engines may die before they have begun with a job. As a rule it is no fault of the job: they were dead when it was
 * given to them, and nobody had heard of it yet.
 */
const MAX_STRAY_DEATHS = 8;

/** When an engine that has nothing to do is replaced by a new one, which has some 80 MiB. */
export interface Renewal {
  /** Resident memory above which it is, in bytes. */
  readonly residentBytes: number;
  /** How long it has had nothing to do, in milliseconds. */
  readonly idleMs: number;
}

/** After jobs of 1080p an engine keeps 300 to 450 MiB, which the next such job needs again. */
const RENEWAL: Renewal = { residentBytes: 192 * 1024 * 1024, idleMs: 15_000 };

/** A place in the pool: one engine process after another, and the job that the present one is at. */
export class EngineSlot {
  readonly #owner: SlotOwner;
  readonly #renewal: Renewal;
  #process: EngineProcess | undefined;
  #isReady = false;
  #task: EngineTask | undefined;
  /** The process has said that it is at the job, and should it die, the job may be why. */
  #hasBegun = false;
  /** Why this slot itself killed the process; such a death is the job's failure and not retried. */
  #verdict: SegmintError | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;
  #memoryWatch: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Resident memory of the process when it had done its last job, in bytes. */
  #keptBytes = 0;
  /** The slot itself has ended the process, for another one to take its place. */
  #isRenewed = false;
  #closed: (() => void) | undefined;

  /**
   * @param owner - the pool.
   * @param renewal - what an idle engine may keep, and for how long.
   */
  constructor(owner: SlotOwner, renewal: Renewal = RENEWAL) {
    this.#owner = owner;
    this.#renewal = renewal;
  }

  /** Whether there is a process. */
  get isAlive(): boolean {
    return this.#process !== undefined;
  }

  /** Whether the process is at a job. */
  get isBusy(): boolean {
    return this.#task !== undefined;
  }

  /** Whether a job can be taken. */
  get isFree(): boolean {
    return this.#isReady && this.#task === undefined && this.#closed === undefined;
  }

  /** What the job is expected to take of memory, in bytes; 0 without one. */
  get memoryBytes(): number {
    return this.#task?.memoryBytes ?? 0;
  }

  /** Id of the process. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process. It holds the event loop open until it is ready, so that what waits for it is not lost. */
  start(): void {
    this.#isReady = false;
    this.#process = new EngineProcess(
      this.#owner.entry,
      {
        ready: (identity) => this.#becomeReady(identity),
        begun: () => (this.#hasBegun = true),
        reply: (message) => this.#takeReply(message),
        died: (death) => this.#takeDeath(death),
      },
      { niceness: this.#owner.niceness },
    );
  }

  /** Gives the engine a job. Only when the slot is free. */
  take(task: EngineTask): void {
    const engine = this.#process!;
    clearTimeout(this.#idle);
    this.#task = task;
    this.#hasBegun = false;
    task.onAbort = () => this.#abandon();
    engine.hold(true);
    this.#deadline = setTimeout(() => {
      this.#condemn(
        new EngineError(`The engine was stopped: the job ran past its deadline of ${task.deadlineMs} ms.`, {
          context: { job: task.request.kind },
        }),
      );
    }, task.deadlineMs);
    this.#memoryWatch = setInterval(
      () => this.#checkMemory(readResidentBytes(engine.pid ?? 0)),
      MEMORY_WATCH_MS,
    );
    try {
      engine.send({ ...task.request.meta, kind: task.request.kind }, task.request.parts);
    } catch (error) {
      // Too large to be sent: nothing was written.
      this.#release();
      task.reject(error);
      this.#owner.slotFree();
    }
  }

  /** Ends the process, in the middle of its job if need be, and waits until it is gone. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    if (this.#process === undefined) return;
    const gone = new Promise<void>((resolve) => (this.#closed = resolve));
    this.#process.hold(true);
    if (this.isBusy || !this.#isReady) this.#condemn(new EngineError('The engine pool was closed.'));
    else this.#process.end();
    await gone;
  }

  #becomeReady(identity: MessageMeta): void {
    this.#isReady = true;
    if (this.#closed === undefined) this.#process?.hold(false);
    this.#owner.slotReady({
      ffmpeg: String(identity['ffmpeg']),
      libavcodec: String(identity['libavcodec']),
      aacEncoder: String(identity['aacEncoder']),
    });
  }

  #takeReply({ meta, payload }: Message): void {
    const task = this.#task;
    if (task === undefined) return;
    this.#release();
    const residentBytes = Number(meta['residentBytes']);
    this.#keptBytes = residentBytes;
    if (meta['kind'] === 'done') task.resolve({ meta, payload });
    else task.reject(this.#failure(meta, task));
    if (residentBytes > this.#owner.memoryLimitFor(task.memoryBytes)) {
      // Between jobs an engine holds next to nothing: one that does not give memory back is replaced.
      this.#isReady = false;
      this.#process?.kill();
    } else if (residentBytes > this.#renewal.residentBytes) {
      this.#idle = setTimeout(() => this.#renew(), this.#renewal.idleMs).unref();
    }
    this.#owner.slotFree();
  }

  /** Replaces an engine that has nothing to do. */
  #renew(): void {
    this.#isReady = false;
    this.#isRenewed = true;
    this.#process?.kill();
  }

  #takeDeath(death: EngineDeath): void {
    const task = this.#task;
    const verdict = this.#verdict;
    const isRenewed = this.#isRenewed && this.#closed === undefined;
    clearTimeout(this.#idle);
    if (task !== undefined) this.#release();
    this.#process = undefined;
    this.#isReady = false;
    this.#verdict = undefined;
    this.#isRenewed = false;
    this.#keptBytes = 0;
    if (task !== undefined) this.#settleLost(task, verdict, death);
    const again = isRenewed || this.#owner.slotDied(task !== undefined, death.stderrTail);
    if (again) this.start();
    this.#closed?.();
  }

  #settleLost(task: EngineTask, verdict: SegmintError | undefined, death: EngineDeath): void {
    if (verdict !== undefined) {
      task.reject(verdict);
      return;
    }
    if (this.#hasBegun) task.deaths += 1;
    else task.strayDeaths += 1;
    if (task.deaths < task.maxDeaths && task.strayDeaths < MAX_STRAY_DEATHS) {
      this.#owner.slotLost(task);
      return;
    }
    const how = death.signal === null ? `exit code ${death.code ?? '?'}` : `signal ${death.signal}`;
    const again = task.deaths > 1 ? ', and so did a second one that was given the same job' : '';
    task.reject(
      new EngineError(`The engine died (${how})${again}.`, {
        context: { job: task.request.kind, stderr: death.stderrTail },
      }),
    );
  }

  /** Nobody wants the job's result any more; the engine is told, and has a short time to come back. */
  #abandon(): void {
    this.#process?.cancel();
    this.#grace = setTimeout(() => this.#process?.kill(), this.#owner.graceMs);
  }

  #condemn(verdict: SegmintError): void {
    this.#verdict = verdict;
    this.#process?.kill();
  }

  #checkMemory(residentBytes: number | undefined): void {
    const limit = this.#owner.memoryLimitFor(this.memoryBytes);
    if (residentBytes === undefined || residentBytes <= limit) return;
    if (this.#keptBytes > this.#renewal.residentBytes) {
      // With what the jobs before it left it is too much: no fault of this job, and another engine tries it.
      this.#hasBegun = false;
      this.#process?.kill();
      return;
    }
    this.#condemn(
      new EngineError(
        `The engine was stopped: the job took ${residentBytes} bytes of memory; ${limit} are allowed.`,
        { context: { job: this.#task?.request.kind } },
      ),
    );
  }

  #release(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    clearInterval(this.#memoryWatch);
    if (this.#task !== undefined) this.#task.onAbort = undefined;
    this.#task = undefined;
    // Whoever closes the slot waits for the end of the process.
    if (this.#closed === undefined) this.#process?.hold(false);
  }

  #failure(meta: MessageMeta, task: EngineTask): SegmintError {
    const context: ErrorContext = {
      job: task.request.kind,
      ...(meta['context'] as ErrorContext | undefined),
      ...(this.#process?.stderrTail ? { stderr: this.#process.stderrTail } : {}),
    };
    const message = String(meta['message']);
    if (meta['code'] === 'unsupported_media') return new UnsupportedMediaError(message, { context });
    return new EngineError(message, { context });
  }
}
