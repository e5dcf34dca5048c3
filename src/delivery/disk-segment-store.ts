import type { ReadOptions } from '../media/source.js';
import { allocateChunk } from '../io/recycled-memory.js';
import { BlockPool } from './block-pool.js';
import { DiskFolder, fileNameOf, type DiskFileSystem, type ReadFile } from './disk-folder.js';
import { DiskInventory, type ListedFile } from './disk-inventory.js';
import { lendBlocks, lendForGood, type LentObject } from './lent-object.js';
import { Outage } from './outage.js';
import { isSealOf, lengthOf, openSealed, SEAL_BYTES, sealObject } from './sealed-object.js';
import type { SegmentStore } from './segment-store.js';

/** What a {@link DiskSegmentStore} is made of. */
export interface DiskSegmentStoreOptions {
  /** Where the files lie, in a folder `segments` of it; made when it is not there. */
  readonly folder: string;
  /** What all files may take together, in bytes. */
  readonly maxBytes: number;
  /** The part of the disk they may take at most, of all that would be free without them; the whole when absent. */
  readonly maxShare?: number | undefined;
  /** Takes the first error of a time in which nothing can be read, or written. It costs time only. */
  readonly onOutage?: ((error: unknown) => void) | undefined;
  /** Memory for what is lent; a few MiB of its own are kept for further use when absent. */
  readonly blocks?: BlockPool | undefined;
  /** What does the work; the system's by default. */
  readonly fileSystem?: DiskFileSystem | undefined;
}

/** How an object is read. */
interface Reading {
  /** Gives memory for that many bytes, seal and all. */
  readonly allocate: (bytes: number) => readonly Uint8Array[];
  /** Tells whether what was read is the object, once all of the memory is filled. */
  readonly check: () => Promise<boolean>;
}

/** The part of the store that one object may take. */
const largestShare = 1 / 8;
/** More files than this are not kept, however small: each is known by name, in memory. */
const mostFiles = 500_000;
/** Memory that is kept for what is read next where none is shared. */
const spareBytes = 4 << 20;
/** What files are made of on most disks. */
const blockBytes = 4096;
/** A use is noted in the file when the last one noted is this old: to write for every read would be a waste. */
const touchMs = 60_000;
/** The clocks of a file and of this process may differ by so much. */
const clockSlackMs = 1000;
/** The folder is looked through again, for what other processes did, after this part of the store was written … */
const rescanShare = 1 / 16;
/** … or when this long has passed, at the next writing. */
const rescanMs = 60_000;
/** Files that are asked for their size side by side. */
const scanConcurrency = 4;
/** How long a disk that failed is left alone. */
const retryMs = 15_000;

/**
 * Keeps objects as files; those that were not asked for the longest go first, also after a restart. What lies there is
 * checked whenever it is read, and is absent when a bit of it is wrong. Several processes may share a folder: with n of
 * them it takes at most n sixteenths more than its bound, and with one never more. A disk that is full or fails is left
 * alone for a while: nothing is kept or found then, and nobody waits for it.
 */
export class DiskSegmentStore implements SegmentStore {
  readonly #options: DiskSegmentStoreOptions;
  readonly #folder: DiskFolder;
  readonly #blocks: BlockPool;
  readonly #inventory = new DiskInventory();
  readonly #reads: Outage;
  readonly #writes: Outage;
  readonly #ending = new AbortController();
  /** Objects that are being written, by name. */
  readonly #puts = new Map<string, Promise<void>>();
  readonly #touches = new Set<Promise<void>>();
  readonly #firstScan: Promise<void>;
  #scan: Promise<void> | undefined;
  #scannedAt = 0;
  #writtenSinceScan = 0;
  #maxBytes: number;
  /** Promised to what is being written. */
  #reserved = 0;
  /** One makes room at a time. */
  #makingRoom: Promise<void> = Promise.resolve();

  private constructor(options: DiskSegmentStoreOptions, folder: DiskFolder) {
    const onBegin = options.onOutage ?? (() => undefined);
    this.#options = options;
    this.#folder = folder;
    this.#blocks = options.blocks ?? new BlockPool(spareBytes);
    this.#maxBytes = options.maxBytes;
    this.#reads = new Outage({ retryMs, onBegin });
    this.#writes = new Outage({ retryMs, onBegin });
    this.#firstScan = this.#startScan();
  }

  /**
   * Opens a store, and begins to look through what it holds; what it holds can be had at once.
   * @param options - where it is and how large it may be.
   * @throws the system's error when the folder cannot be made or written to.
   */
  static async open(options: DiskSegmentStoreOptions): Promise<DiskSegmentStore> {
    const folder = new DiskFolder(options.folder, options.fileSystem);
    await folder.prepare();
    return new DiskSegmentStore(options, folder);
  }

  /** What all files take, those in the making included, in bytes; known after the folder was looked through. */
  get size(): number {
    return this.#inventory.bytes + this.#reserved;
  }

  /** Gives an object; see {@link SegmentStore.get}. */
  async get(key: string, { signal }: ReadOptions = {}): Promise<Uint8Array | undefined> {
    let sealed = new Uint8Array();
    const isThere = await this.#read(key, signal, {
      allocate: (bytes) => [(sealed = allocateChunk(bytes))],
      check: async () => (await openSealed(key, sealed)) !== undefined,
    });
    return isThere ? sealed.subarray(SEAL_BYTES) : undefined;
  }

  /** Lends an object; see {@link SegmentStore.borrow}. */
  async borrow(key: string, { signal }: ReadOptions = {}): Promise<LentObject | undefined> {
    const seal = new Uint8Array(SEAL_BYTES);
    let object: LentObject | undefined;
    const isThere = await this.#read(key, signal, {
      allocate: (bytes) => {
        if (bytes < SEAL_BYTES) return [];
        const length = bytes - SEAL_BYTES;
        const isPooled = BlockPool.isOfUse(length);
        object = isPooled ? lendBlocks(this.#blocks, length) : lendForGood(allocateChunk(length));
        return [seal, ...object.chunks];
      },
      check: async () => object !== undefined && (await isSealOf(key, seal, object.chunks)),
    });
    if (isThere) return object;
    // Whether there was none, it was damaged or reading failed: the system is done with the memory.
    object?.giveBack();
    return undefined;
  }

  /** Keeps an object of up to an eighth of the store; see {@link SegmentStore.put}. */
  async put(key: string, chunks: readonly Uint8Array[]): Promise<undefined> {
    const name = fileNameOf(key);
    if (this.#ending.signal.aborted || this.#inventory.has(name)) return undefined;
    let put = this.#puts.get(name);
    if (put === undefined) {
      put = this.#keep(key, name, chunks).finally(() => this.#puts.delete(name));
      this.#puts.set(name, put);
    }
    await put;
    return undefined;
  }

  /** Waits for what is being written; the files stay. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#puts.values(), ...this.#touches, this.#firstScan, this.#scan]);
  }

  /** @returns whether an object is there, whole. */
  async #read(key: string, signal: AbortSignal | undefined, { allocate, check }: Reading): Promise<boolean> {
    signal?.throwIfAborted();
    if (this.#ending.signal.aborted || !this.#reads.mayTry()) return false;
    const name = fileNameOf(key);
    let expected = 0;
    try {
      const file = await this.#folder.read(name, this.#options.maxBytes * largestShare, (bytes) =>
        allocate((expected = bytes)),
      );
      this.#reads.succeeded();
      if (file?.bytes === expected && (await check())) {
        this.#noteUse(name, file);
        return true;
      }
      if (file !== undefined) await this.#folder.remove(name);
      this.#inventory.delete(name);
    } catch (error) {
      this.#reads.failed(error);
    }
    return false;
  }

  async #keep(key: string, name: string, chunks: readonly Uint8Array[]): Promise<void> {
    // Before that nobody knows what there is room for.
    await this.#firstScan;
    const bytes = bytesOnDisk(SEAL_BYTES + lengthOf(chunks));
    if (bytes > this.#maxBytes * largestShare || this.#inventory.has(name) || !this.#writes.mayTry()) return;
    try {
      await this.#reserve(bytes);
      try {
        await this.#folder.write(name, [await sealObject(key, chunks), ...chunks]);
        this.#inventory.use({ name, bytes, usedMs: Date.now() });
      } finally {
        this.#reserved -= bytes;
      }
      this.#writes.succeeded();
    } catch (error) {
      this.#writes.failed(error);
    }
    this.#writtenSinceScan += bytes;
    const isDue =
      this.#writtenSinceScan > this.#maxBytes * rescanShare || performance.now() - this.#scannedAt > rescanMs;
    if (isDue && this.#scan === undefined) void this.#startScan();
  }

  #noteUse(name: string, { bytes, usedMs }: ReadFile): void {
    const nowMs = Date.now();
    this.#inventory.use({ name, bytes: bytesOnDisk(bytes), usedMs: nowMs });
    if (nowMs - usedMs < touchMs || this.#ending.signal.aborted) return;
    // The file may be gone by now, or be another user's: it is then a little more likely to be dropped.
    const touch = this.#folder.touch(name, nowMs).catch(() => undefined);
    this.#touches.add(touch);
    void touch.finally(() => this.#touches.delete(touch));
  }

  async #reserve(bytes: number): Promise<void> {
    const turn = this.#makingRoom.then(() => this.#makeRoom(bytes));
    this.#makingRoom = turn.catch(() => undefined);
    await turn;
  }

  async #makeRoom(bytes: number): Promise<void> {
    while (this.size + bytes > this.#maxBytes || this.#inventory.count >= mostFiles) {
      const oldest = this.#inventory.oldest();
      if (oldest === undefined) break;
      const facts = await this.#folder.facts(oldest.name);
      if (facts !== undefined && facts.usedMs > oldest.usedMs + clockSlackMs) {
        // Another process has used it meanwhile.
        this.#inventory.use({ ...oldest, usedMs: facts.usedMs });
        continue;
      }
      await this.#folder.remove(oldest.name);
      this.#inventory.delete(oldest.name);
    }
    this.#reserved += bytes;
  }

  #startScan(): Promise<void> {
    const scan = this.#lookThrough()
      .catch((error: unknown) => {
        if (!this.#ending.signal.aborted) this.#writes.failed(error);
      })
      .finally(() => {
        this.#scan = undefined;
        this.#scannedAt = performance.now();
      });
    this.#scan = scan;
    return scan;
  }

  async #lookThrough(): Promise<void> {
    const { signal } = this.#ending;
    this.#writtenSinceScan = 0;
    this.#inventory.beginScan();
    const names = await this.#folder.list(signal);
    this.#inventory.endScan(names, await this.#describe(names, signal));
    await this.#folder.sweep(Date.now());
    this.#maxBytes = await this.#bound();
    await this.#reserve(0);
  }

  /** Tells of the files that are not known yet. */
  async #describe(names: ReadonlySet<string>, signal: AbortSignal): Promise<ListedFile[]> {
    const files: ListedFile[] = [];
    const unknown = [...names].filter((name) => !this.#inventory.has(name)).values();
    const work = async (): Promise<void> => {
      for (const name of unknown) {
        signal.throwIfAborted();
        const facts = await this.#folder.facts(name);
        if (facts !== undefined) files.push({ name, bytes: bytesOnDisk(facts.size), usedMs: facts.usedMs });
      }
    };
    await Promise.all(Array.from({ length: scanConcurrency }, work));
    return files;
  }

  async #bound(): Promise<number> {
    const { maxBytes, maxShare } = this.#options;
    if (maxShare === undefined) return maxBytes;
    const free = await this.#folder.freeBytes();
    return Math.min(maxBytes, Math.floor((free + this.#inventory.bytes) * maxShare));
  }
}

function bytesOnDisk(size: number): number {
  return Math.ceil(size / blockBytes) * blockBytes;
}
