import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';

/** A program of `examples/`, as a reader of the documentation runs it. */
export class RunningExample implements AsyncDisposable {
  /** The address that it told. */
  readonly url: URL;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: URL) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts one on any free port, and waits until it tells its address.
   * @param name - of the file, without its ending.
   * @param args - of the command line.
   * @param env - variables of its environment.
   */
  static async start(
    name: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<RunningExample> {
    const program = join(import.meta.dirname, '../../examples', `${name}.js`);
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
      cwd: REPOSITORY,
      env: { ...process.env, ...env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit').then(() => Promise.reject(new TypeError(`${name} ended at once.`)));
    const [line] = (await Promise.race([once(child.stdout, 'data'), exit])) as [Uint8Array];
    exit.catch(() => undefined);
    return new RunningExample(child, new URL(new TextDecoder().decode(line).trim()));
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
