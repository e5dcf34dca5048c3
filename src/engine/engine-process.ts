import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { CancelMark } from './cancel-mark.js';
import { writeMessageHead, type MessageMeta } from './message.js';
import { MessageReader, type AllocatePayload, type Message } from './message-reader.js';

/** What the owner of an engine process is told. After `died` nothing more is. */
export interface EngineProcessEvents {
  /** The engine is up and says what it is. Once. */
  ready(identity: MessageMeta): void;
  /** The engine has the whole of the request that was sent last, and is at it. */
  begun?(): void;
  /** The answer to the request that was sent last. */
  reply(message: Message): void;
  /** The process is gone, for whatever reason, and all its handles are closed. Once. */
  died(death: EngineDeath): void;
}

/** How an engine process ended. */
export interface EngineDeath {
  /** Exit code; null when a signal ended it or it never started. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: string | null;
  /** The last lines that it, or libav inside it, wrote to standard error. */
  readonly stderrTail: string;
}

/** How much of an engine's standard error is kept for messages. */
const STDERR_TAIL_CHARACTERS = 2000;

/** Variables that reach an engine: what loaders and drivers need, nothing that could change how Node itself runs. */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
  'LIBVA_DRIVER_NAME',
  'LIBVA_DRIVERS_PATH',
];

/**
 * Memory that a job frees stays with the engine for the next one, but for pictures of 4K (above 16 MiB at once) and what is free
 * at the end of the heap (above 256 MiB). Otherwise the system takes it back and clears as much anew for each job: of 1080p
 * some 300 MB, a thirtieth of the time of encoding it. Only the GNU C library heeds this. What an idle engine keeps so, it
 * loses after a while (`Renewal` in engine-slot.ts).
 */
const ALLOCATOR = 'glibc.malloc.mmap_threshold=16777216:glibc.malloc.trim_threshold=268435456';

/** How an engine process is started. */
export interface EngineProcessOptions {
  /** Gives memory for the payloads of its answers; new memory for each when absent. */
  readonly allocate?: AllocatePayload | undefined;
  /** How far it gives way to other processes, 0 (the default: not at all) to 19; it sees to that itself, before all else. */
  readonly niceness?: number | undefined;
}

/**
 * One engine process, seen from the parent: its pipe, its standard error, its end. It holds the event loop open while
 * it starts and while it works, and not while it is idle.
 */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #events: EngineProcessEvents;
  readonly #reader: MessageReader;
  readonly #mark = CancelMark.create();
  #stderrTail = '';
  #dead = false;

  /**
   * Starts an engine process.
   * @param entry - the compiled module that it runs.
   * @param events - what its owner wants to hear; never called before the constructor returns.
   * @param options - its memory and its priority.
   */
  constructor(
    entry: URL,
    events: EngineProcessEvents,
    { allocate, niceness = 0 }: EngineProcessOptions = {},
  ) {
    this.#events = events;
    this.#reader = new MessageReader(allocate);
    // `spawn`, not `fork`: fork hands on the parent's execArgv, and with it debugger ports and loaders.
    this.#child = spawn(process.execPath, [fileURLToPath(entry), String(niceness)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', this.#mark?.fd ?? 'ignore'],
      env: engineEnvironment(),
      serialization: 'json',
      windowsHide: true,
    });
    const stderr = this.#child.stderr;
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_CHARACTERS);
    });
    const pipe = this.#pipe;
    pipe?.on('data', (chunk: Uint8Array) => this.#take(chunk));
    // A write that fails means that the process is dying; its end is reported by `close`.
    pipe?.on('error', () => undefined);
    // The process could not be started at all: then there is no `close`.
    this.#child.on('error', (error) => {
      this.#stderrTail += error.message;
      if (this.#child.pid === undefined) this.#die(null, null);
    });
    this.#child.on('close', (code, signal) => this.#die(code, signal));
  }

  /** The process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the engine wrote to standard error of late. */
  get stderrTail(): string {
    return this.#stderrTail.trim();
  }

  /**
   * Sends a request. Only when the one before was answered.
   * @param meta - the request.
   * @param parts - its payload, written as it is; must not change until the answer is there.
   */
  send(meta: MessageMeta, parts: readonly Uint8Array[]): void {
    const pipe = this.#pipe;
    if (pipe === undefined || this.#dead) return;
    const head = writeMessageHead(meta, parts);
    this.#mark?.clear();
    pipe.cork();
    pipe.write(head);
    for (const part of parts) if (part.byteLength > 0) pipe.write(part);
    pipe.uncork();
    this.#stderrTail = '';
  }

  /** Tells the process that the request that was sent last is not wanted any more; it may answer sooner, with a failure. */
  cancel(): void {
    if (!this.#dead) this.#mark?.set();
  }

  /** Lets the event loop end, or not, while this process lives. */
  hold(held: boolean): void {
    const handles = [this.#child, this.#child.stderr, this.#pipe] as unknown as Refable[];
    for (const handle of handles) {
      if (held) handle.ref();
      else handle.unref();
    }
  }

  /** Ends the process in order: it sees the end of its pipe when its job, if it has one, is done. */
  end(): void {
    this.#pipe?.destroy();
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #pipe(): Duplex | undefined {
    return this.#child.stdio[3] as Duplex | undefined;
  }

  #take(chunk: Uint8Array): void {
    try {
      for (const message of this.#reader.push(chunk)) {
        if (message.meta['kind'] === 'ready') this.#events.ready(message.meta);
        else if (message.meta['kind'] === 'begun') this.#events.begun?.();
        else this.#events.reply(message);
      }
    } catch (error) {
      // A process that does not speak the protocol any more (its memory is corrupt, say) is of no use.
      this.#stderrTail += String(error);
      this.kill();
    }
  }

  #die(code: number | null, signal: string | null): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#mark?.[Symbol.dispose]();
    this.#pipe?.destroy();
    this.#child.stderr?.destroy();
    this.#events.died({ code, signal, stderrTail: this.stderrTail });
  }
}

interface Refable {
  ref(): void;
  unref(): void;
}

function engineEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { AV_LOG_FORCE_NOCOLOR: '1', GLIBC_TUNABLES: ALLOCATOR };
  for (const name of ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
