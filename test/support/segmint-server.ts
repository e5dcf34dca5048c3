import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');

/** `segmint serve` in a process of its own, as people run it. */
export class SegmintServer {
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
    const args = [MAIN, 'serve', ...paths, '--port', '0', '--log-level', 'error', ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Uint8Array];
    return new SegmintServer(child, /http:\/\/127\.0\.0\.1:\d+\//.exec(new TextDecoder().decode(line))![0]);
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}
