import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The machine's Redis, which keeps nothing beyond its life. */
export class RedisProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * Starts one, and waits until it answers.
   * @param folder - where it may put what it needs.
   * @param args - where it listens, and its further settings.
   */
  static async start(folder: string, ...args: readonly string[]): Promise<RedisProcess> {
    const child = spawn('redis-server', [...args, '--save', '', '--dir', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new RangeError(`Redis ended: ${said}`)));
      child.stdout.on('data', (chunk) => {
        said += String(chunk);
        if (/ready to accept/i.test(said)) resolve();
      });
    });
    return new RedisProcess(child);
  }

  /** Has it do nothing, and keep its connections. */
  hang(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Has it go on. */
  wake(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it at once; one that has ended is left alone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}
