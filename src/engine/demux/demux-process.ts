import {
  EngineError,
  LimitExceededError,
  MalformedMediaError,
  SourceError,
  UnsupportedMediaError,
  type ErrorContext,
  type SegmintError,
} from '../../errors.js';
import { EngineProcess, type EngineDeath, type EngineProcessEvents } from '../engine-process.js';
import type { AllocatePayload, Message } from '../message-reader.js';
import type { MessageMeta } from '../message.js';
import { readResidentBytes } from '../resident-memory.js';

/** Limits of a demuxing process. */
export interface DemuxProcessOptions {
  /** The module that it runs. */
  readonly entry: URL;
  /** How long one request may take, in milliseconds, while the source gives bytes. */
  readonly deadlineMs: number;
  /** Resident memory above which it is killed, in bytes. */
  readonly memoryLimitBytes: number;
  /** Whether the process waits for its source at this moment: such time is not counted. */
  readonly isSourceBusy: () => boolean;
  /** Gives memory for the payloads of its answers. */
  readonly allocate?: AllocatePayload | undefined;
}

/** How often a busy process's memory is looked at, in milliseconds. */
const MEMORY_WATCH_MS = 250;

/** A process that ended by itself, or was killed by another: another one may fare better. */
export class DemuxProcessDeath extends EngineError {}

interface Pending {
  readonly kind: string;
  resolve(message: Message): void;
  reject(error: unknown): void;
}

/**
 * A process that has one input of libavformat open, asked one thing at a time. It is killed when it takes too long or
 * too much memory, and what it was asked then fails; nothing else is touched.
 */
export class DemuxProcess {
  readonly #options: DemuxProcessOptions;
  readonly #engine: EngineProcess;
  #pending: Pending | undefined;
  /** What is to be sent when the process is up. */
  #unsent: (() => void) | undefined;
  #isReady = false;
  #verdict: SegmintError | undefined;
  #death: EngineDeath | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #memoryWatch: NodeJS.Timeout | undefined;
  readonly #gone: Promise<void>;
  #settleGone: () => void = () => undefined;

  /** @param options - its module and limits. */
  constructor(options: DemuxProcessOptions) {
    this.#options = options;
    this.#gone = new Promise((resolve) => (this.#settleGone = resolve));
    const events: EngineProcessEvents = {
      ready: () => {
        this.#isReady = true;
        this.#unsent?.();
        this.#unsent = undefined;
      },
      reply: (message) => this.#takeReply(message),
      died: (death) => this.#takeDeath(death),
    };
    this.#engine = new EngineProcess(options.entry, events, { allocate: options.allocate });
  }

  /** The process id. */
  get pid(): number | undefined {
    return this.#engine.pid;
  }

  /** Whether it can be asked no more. */
  get isDead(): boolean {
    return this.#death !== undefined || this.#verdict !== undefined;
  }

  /** Whether it is at something. */
  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  /**
   * Asks the process something. Only when what was asked before is answered.
   * @param kind - what.
   * @param meta - the request.
   * @throws {EngineError} when the process dies, or is killed for its time or its memory.
   * @throws {UnsupportedMediaError | MalformedMediaError} when the process says so.
   */
  ask(kind: string, meta: object): Promise<Message> {
    if (this.isDead) return Promise.reject(this.#lost(kind));
    return new Promise((resolve, reject) => {
      this.#pending = { kind, resolve, reject };
      this.#engine.hold(true);
      this.#watch(kind);
      const send = (): void => this.#engine.send({ ...meta, kind } satisfies MessageMeta, []);
      if (this.#isReady) send();
      else this.#unsent = send;
    });
  }

  /** Ends the process at once; what it is asked fails. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#death === undefined) {
      this.#verdict ??= new EngineError('The demuxing process was ended.');
      this.#engine.hold(true);
      this.#engine.kill();
    }
    await this.#gone;
  }

  #watch(kind: string): void {
    this.#deadline = setTimeout(() => {
      // Time that passes while the source has nothing to give is the source's.
      if (this.#options.isSourceBusy()) {
        clearInterval(this.#memoryWatch);
        this.#watch(kind);
        return;
      }
      this.#condemn(
        `The demuxing process was stopped: it gave no answer within ${this.#options.deadlineMs} ms.`,
        kind,
      );
    }, this.#options.deadlineMs);
    this.#memoryWatch = setInterval(() => {
      const bytes = readResidentBytes(this.#engine.pid ?? 0);
      const limit = this.#options.memoryLimitBytes;
      if (bytes === undefined || bytes <= limit) return;
      this.#condemn(
        `The demuxing process was stopped: it took ${bytes} bytes of memory; ${limit} are allowed.`,
        kind,
      );
    }, MEMORY_WATCH_MS);
  }

  #condemn(message: string, kind: string): void {
    this.#verdict = new EngineError(message, { context: { job: kind } });
    this.#engine.kill();
  }

  #takeReply(message: Message): void {
    const pending = this.#release();
    if (pending === undefined) return;
    if (message.meta['kind'] === 'done') pending.resolve(message);
    else pending.reject(failureOf(message.meta, this.#engine.stderrTail));
  }

  #takeDeath(death: EngineDeath): void {
    this.#death = death;
    const pending = this.#release();
    pending?.reject(this.#lost(pending.kind));
    this.#settleGone();
  }

  #release(): Pending | undefined {
    clearTimeout(this.#deadline);
    clearInterval(this.#memoryWatch);
    const pending = this.#pending;
    this.#pending = undefined;
    if (!this.isDead) this.#engine.hold(false);
    return pending;
  }

  #lost(job: string): SegmintError {
    if (this.#verdict !== undefined) return this.#verdict;
    const { code = null, signal = null, stderrTail = '' } = this.#death ?? {};
    const how = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
    const context = { job, stderr: stderrTail };
    return new DemuxProcessDeath(`The demuxing process died (${how}).`, { context });
  }
}

function failureOf(meta: MessageMeta, stderrTail: string): SegmintError {
  const context: ErrorContext = {
    ...(meta['context'] as ErrorContext | undefined),
    ...(stderrTail === '' ? {} : { stderr: stderrTail }),
  };
  const message = String(meta['message']);
  switch (meta['code']) {
    case 'unsupported_media':
      return new UnsupportedMediaError(message, { context });
    case 'malformed_media':
      return new MalformedMediaError(message, { context });
    case 'limit_exceeded':
      return new LimitExceededError(message, { context });
    case 'source_failed':
      return new SourceError(message, { context });
    default:
      return new EngineError(message, { context });
  }
}
