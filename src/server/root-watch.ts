import { stat } from 'node:fs/promises';

/**
 * Looks every few seconds whether each root is the folder that it was. A watch of the system is of a folder, not of its path: of
 * a disk that is mounted there, or mounted again, it tells nothing.
 */
export class RootWatch implements Disposable {
  readonly #onReplace: (root: string) => void;
  readonly #intervalMs: number;
  /** Which folder each root was at the last look; undefined before the first has ended. */
  readonly #seen = new Map<string, string | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * @param onReplace - told of a root that is gone, is there again, or is another folder.
   * @param intervalMs - from one look to the next, in milliseconds.
   */
  constructor(onReplace: (root: string) => void, intervalMs: number) {
    this.#onReplace = onReplace;
    this.#intervalMs = intervalMs;
    this.#schedule();
  }

  /** Looks at one more root, from now on. */
  add(root: string): void {
    if (this.#seen.has(root)) return;
    this.#seen.set(root, undefined);
    void identityOf(root).then((found) => this.#note(root, found));
  }

  /**
   * Takes a root for another folder at the next look, whatever it is: one that was removed and made again may have the number
   * of the old one.
   */
  forget(root: string): void {
    if (this.#seen.has(root)) this.#seen.set(root, 'forgotten');
  }

  /** Ends the looking. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), this.#intervalMs).unref();
  }

  async #look(): Promise<void> {
    // One by one: of servers that do not answer one holds up a thread that waits for files, and no more.
    for (const root of this.#seen.keys()) this.#note(root, await identityOf(root));
    this.#schedule();
  }

  #note(root: string, found: string): void {
    const known = this.#seen.get(root);
    this.#seen.set(root, found);
    if (!this.#isClosed && known !== undefined && known !== found) this.#onReplace(root);
  }
}

async function identityOf(folder: string): Promise<string> {
  try {
    const { dev, ino } = await stat(folder);
    return `${dev}:${ino}`;
  } catch {
    return 'away';
  }
}
