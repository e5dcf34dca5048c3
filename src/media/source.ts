/** Options of a read. */
export interface ReadOptions {
  /** Ends the read; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Memory that serves one chunk after another, kept by the reader, who knows when a chunk is of no more use. */
export interface ChunkMemory {
  /**
   * Gives memory to read into: used before, or new.
   * @param length - bytes.
   * @returns exactly that many bytes, with anything in them; the source's alone until it lends them.
   */
  take(length: number): Uint8Array<ArrayBuffer>;

  /**
   * Tells that a chunk is about to be handed to the reader. Memory that was taken and is never lent is the source's to
   * forget.
   * @param chunk - what {@link ChunkMemory.take} gave, filled.
   * @param offset - of its first byte in the source.
   */
  lend(chunk: Uint8Array<ArrayBuffer>, offset: number): void;
}

/** Options of {@link Source.stream}. */
export interface StreamOptions extends ReadOptions {
  /** Memory for the chunks. A source need not use it; without it, chunks are new memory and the reader's to keep. */
  readonly memory?: ChunkMemory | undefined;
  /**
   * The first byte that the reader probably does not need. A source that fetches ahead stops there; the stream goes on
   * behind it all the same when the reader pulls more.
   */
  readonly end?: number | undefined;
}

/**
 * Where bytes come from. A source is opened by its factory and closed once by whoever it was handed to; after that no
 * read succeeds. Reads may run side by side when the source is seekable.
 */
export interface Source extends AsyncDisposable {
  /** For people: a file name or a URL without its secrets. */
  readonly name: string;
  /** Size in bytes, when it is known. */
  readonly size: number | undefined;
  /** Whether {@link Source.read} works and {@link Source.stream} can begin anywhere. */
  readonly seekable: boolean;
  /**
   * Changes whenever the bytes do: path, size and modification time, or URL and strong ETag. Undefined when nothing
   * of the kind is known; nothing made from the source may then be kept.
   */
  readonly identity: string | undefined;
  /** Reading anywhere costs next to nothing: a file on this machine, or memory. */
  readonly isLocal?: boolean | undefined;
  /** What was read is kept for who reads it again: a cache in front of it would be of no use. */
  readonly isCached?: boolean | undefined;
  /**
   * Where other programs on this machine find the same bytes, when it is a file: absolute, without symbolic links. It is
   * refused when one has come into it in the meantime.
   */
  readonly path?: string | undefined;

  /**
   * Reads consecutive bytes, in chunks of any size above zero.
   * @param offset - first byte; a source that is not seekable can only be streamed once, from 0.
   * @param options - a signal, and memory to use.
   * @returns chunks that the reader may keep, where it gave no memory: the source never writes into them again. Ends at
   * the end of the source.
   * @throws {SourceError} when the source cannot be read on; never ends early as if it were complete.
   */
  stream(offset: number, options?: StreamOptions): AsyncIterable<Uint8Array>;

  /**
   * Reads a range.
   * @param offset - first byte.
   * @param length - bytes wanted; fewer come only where the source ends.
   * @param options - a signal.
   * @throws {SourceError} when the source cannot be read, or is not seekable.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
}
