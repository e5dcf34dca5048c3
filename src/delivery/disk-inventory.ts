/** A file of the folder as a scan finds it. */
export interface ListedFile {
  /** Its name. */
  readonly name: string;
  /** What it takes on the disk, in bytes. */
  readonly bytes: number;
  /** When it was used last, in milliseconds since 1970. */
  readonly usedMs: number;
}

interface Entry {
  readonly bytes: number;
  usedMs: number;
}

/** What is known to lie in a folder, in order of use. Touches no disk. */
export class DiskInventory {
  /** In order of use, the oldest first. No LRU cache: a scan merges in what other processes have used meanwhile. */
  #entries = new Map<string, Entry>();
  #bytes = 0;
  /** Names that came or went since a scan began, which may have seen them or not. */
  #changed: Set<string> | undefined;

  /** What all files take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many files there are. */
  get count(): number {
    return this.#entries.size;
  }

  /** Whether a file is known. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The file that was not used for the longest. */
  oldest(): ListedFile | undefined {
    for (const [name, { bytes, usedMs }] of this.#entries) return { name, bytes, usedMs };
    return undefined;
  }

  /** Notes that a file is there and was used, the last of all. */
  use({ name, bytes, usedMs }: ListedFile): void {
    this.#drop(name);
    this.#entries.set(name, { bytes, usedMs });
    this.#bytes += bytes;
    this.#changed?.add(name);
  }

  /** Notes that a file is gone. */
  delete(name: string): void {
    this.#drop(name);
    this.#changed?.add(name);
  }

  /** Called before the folder is scanned: what changes from now on is known better than the scan will. */
  beginScan(): void {
    this.#changed = new Set();
  }

  /**
   * Takes what a scan found: files of other processes come in by the time of their use, and those that are gone go.
   * @param names - all that were seen.
   * @param news - those of them that were not known.
   */
  endScan(names: ReadonlySet<string>, news: readonly ListedFile[]): void {
    const changed = this.#changed ?? new Set();
    this.#changed = undefined;
    const merged = [...this.#entries].filter(([name]) => names.has(name) || changed.has(name));
    for (const { name, bytes, usedMs } of news) {
      if (!this.#entries.has(name) && !changed.has(name)) merged.push([name, { bytes, usedMs }]);
    }
    merged.sort(([, a], [, b]) => a.usedMs - b.usedMs);
    this.#entries = new Map(merged);
    this.#bytes = merged.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  }

  #drop(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }
}
