import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');
const PROBE = new URL('server-probe.js', import.meta.url).href;

/** How a server's process fares. */
export interface ServerState {
  /** Longest time that the event loop was held up since it was last asked, in milliseconds. */
  readonly longestDelayMs: number;
  /** The same, without the longest hundredth. */
  readonly usualDelayMs: number;
  /**
   * The most that its main thread has worked between two of its looks at the clock since it was last asked, in milliseconds:
   * what holds it up without waiting for a core that another program has. Undefined where the system does not tell.
   */
  readonly longestWorkMs?: number;
  /** Resident memory after garbage was collected, in bytes. */
  readonly rssBytes: number;
  /** What its objects take then, in bytes. */
  readonly heapBytes: number;
  /** What its buffers take then, in bytes. */
  readonly bufferBytes: number;
  /** What keeps its event loop alive: how many of each kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** How long a server may take to end in order, in milliseconds. It gives answers that are under way some seconds. */
const ENDING_MS = 60_000;

/** `segmint serve` in a process of its own, as people run it. */
export class SegmintServer implements AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts it on any free port.
   * @param paths - what it serves.
   * @param options - of the command.
   */
  static async start(paths: readonly string[], ...options: readonly string[]): Promise<SegmintServer> {
    const command = [MAIN, 'serve', ...paths, '--port', '0', '--log-level', 'error', ...options];
    const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, ...command], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const exit = once(child, 'exit').then(() => Promise.reject(new TypeError('The server ended at once.')));
    const [line] = (await Promise.race([once(child.stdout!, 'data'), exit])) as [Uint8Array];
    exit.catch(() => undefined);
    return new SegmintServer(child, /http:\/\/127\.0\.0\.1:\d+\//.exec(new TextDecoder().decode(line))![0]);
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Processes that it has started and that run, the oldest first; none where the system does not tell. */
  get children(): number[] {
    try {
      const text = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    } catch {
      return [];
    }
  }

  /** How many files and connections it has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** How many threads it has. */
  get threads(): number {
    return readdirSync(`/proc/${this.pid}/task`).length;
  }

  /** Asks how it fares; collects its garbage first. */
  async state(): Promise<ServerState> {
    const answer = once(this.#child, 'message');
    this.#child.send('state');
    const [state] = (await answer) as [ServerState];
    return state;
  }

  /**
   * Ends it in order; one that does not end is killed after a while.
   * @returns its exit code, or the signal that ended it.
   */
  async stop(): Promise<number | string | null> {
    return await this.#end('SIGTERM');
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it, if it has not ended yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<number | string | null> {
    if (this.isAlive) {
      const exit = once(this.#child, 'exit');
      this.#child.kill(signal);
      const patience = setTimeout(() => this.#child.kill('SIGKILL'), ENDING_MS);
      await exit;
      clearTimeout(patience);
    }
    return this.#child.exitCode ?? this.#child.signalCode;
  }
}
