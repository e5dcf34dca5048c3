import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { BlockPool } from '../delivery/block-pool.js';
import { DiskSegmentStore } from '../delivery/disk-segment-store.js';
import { MemorySegmentStore } from '../delivery/memory-segment-store.js';
import { RedisSegmentStore } from '../delivery/redis-segment-store.js';
import type { SegmentStore } from '../delivery/segment-store.js';
import { TieredSegmentStore } from '../delivery/tiered-segment-store.js';
import { RequestError } from '../errors.js';
import { cacheFolder } from './cache-folder.js';
import { isRedis } from './store-place.js';

/** Where what was made is kept, as the command line says it. */
export interface StoreOptions {
  /** `none`, `memory`, a `redis:` or `rediss:` URL, or a folder; the user's cache folder when absent. */
  readonly store?: string | undefined;
  /** Memory for what was made, in bytes. */
  readonly cacheSize: number;
  /** What the folder may hold, in bytes; 10 GiB, or a quarter of what is free when that is less, when absent. */
  readonly diskCacheSize?: number | undefined;
}

/** A store, to be closed. */
export interface OpenedStore {
  /** All of it. */
  readonly store: SegmentStore;
  /** What is behind the memory. */
  readonly behind?: SegmentStore;
  /** Bytes in memory. */
  readonly memoryBytes: () => number;
  /** Bytes in the folder. */
  readonly diskBytes?: () => number;
}

const defaultDiskBytes = 10 * 1024 ** 3;
const defaultDiskShare = 1 / 4;

/**
 * Opens the store: memory, and behind it a folder or Redis.
 * @param options - as parsed.
 * @param log - where a store that does not work is told of; once, until it works again.
 * @returns a store, to be closed.
 * @throws {RequestError} when a folder was named that cannot be used. The one that nobody named is then done without.
 */
export async function openStore(options: StoreOptions, log: Logger): Promise<OpenedStore> {
  const { store, cacheSize } = options;
  // What is read from the folder is copied into memory at once: what is kept free serves both.
  const blocks = new BlockPool(0);
  const memory = new MemorySegmentStore(store === 'none' ? 0 : cacheSize, blocks);
  const memoryBytes = (): number => memory.size;
  if (store === 'none' || store === 'memory') return { store: memory, memoryBytes };
  const onOutage = (error: unknown): void => {
    log.warn({ err: error }, 'segment store failed; going on without it until it works again');
  };
  if (store !== undefined && isRedis(store)) {
    const redis = new RedisSegmentStore({ url: store, onOutage });
    return { store: new TieredSegmentStore(memory, redis), behind: redis, memoryBytes };
  }
  const folder = store === undefined ? cacheFolder() : resolve(store);
  try {
    const disk = await DiskSegmentStore.open({
      folder,
      maxBytes: options.diskCacheSize ?? defaultDiskBytes,
      maxShare: options.diskCacheSize === undefined ? defaultDiskShare : undefined,
      onOutage,
      blocks,
    });
    return {
      store: new TieredSegmentStore(memory, disk),
      behind: disk,
      memoryBytes,
      diskBytes: () => disk.size,
    };
  } catch (error) {
    if (store !== undefined) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RequestError(`Nothing can be kept in ${folder}: ${reason}.`, 'invalid', { cause: error });
    }
    log.warn({ err: error }, 'no folder to keep segments in; memory alone is used');
    return { store: memory, memoryBytes };
  }
}
