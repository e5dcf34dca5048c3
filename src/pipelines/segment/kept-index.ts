import type { ReadOptions, Source } from '../../media/source.js';
import { parseIndexRecord, writeIndexRecord, type IndexRecord } from './index-record.js';
import { deriveVersion, digestIdentity } from './source-version.js';

/** Keeps what it took long to find out about sources, for another process or another day. A segment store is one. */
export interface IndexCache {
  /**
   * Gives what was kept.
   * @param key - its name.
   * @returns all of its bytes; undefined when it is not there.
   */
  get(key: string, options?: ReadOptions): Promise<Uint8Array | undefined>;

  /**
   * Keeps bytes, or not.
   * @param key - names them; never has others for the same program.
   * @param chunks - not changed, and not needed, after the promise settles.
   */
  put(key: string, chunks: readonly Uint8Array[]): Promise<unknown>;
}

/** The index of one source in a cache. A cache that fails costs time only. */
export class KeptIndex {
  readonly #cache: IndexCache | undefined;
  readonly #key: string;
  readonly #endOffset: number;

  /**
   * @param cache - where it is kept; nowhere when absent.
   * @param source - whose it is; nothing is kept of one without an identity.
   */
  constructor(cache: IndexCache | undefined, { identity, size }: Source) {
    this.#cache = identity === undefined ? undefined : cache;
    this.#key =
      identity === undefined ? '' : `${digestIdentity(identity)}/index-${deriveVersion(identity, {})}`;
    this.#endOffset = size ?? Infinity;
  }

  /**
   * Reads it.
   * @returns undefined when it is not there, is damaged, or cannot be this source's.
   */
  async read(signal: AbortSignal): Promise<IndexRecord | undefined> {
    try {
      const bytes = await this.#cache?.get(this.#key, { signal });
      const record = bytes && parseIndexRecord(bytes);
      const isWithin = record?.index.keyframes.every(({ offset }) => offset < this.#endOffset);
      return isWithin === true ? record : undefined;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** Keeps it. */
  async keep(record: IndexRecord): Promise<void> {
    if (this.#cache === undefined) return;
    const bytes = writeIndexRecord(record);
    if (bytes === undefined) return;
    try {
      await this.#cache.put(this.#key, [bytes]);
    } catch {
      // It is found out again.
    }
  }
}
