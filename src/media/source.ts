/** Options of a read. */
export interface ReadOptions {
  /** Ends the read; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
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

  /**
   * Reads consecutive bytes, in chunks of any size above zero.
   * @param offset - first byte; a source that is not seekable can only be streamed once, from 0.
   * @param options - a signal.
   * @returns chunks that the reader may keep: the source never writes into them again. Ends at the end of the source.
   * @throws {SourceError} when the source cannot be read on; never ends early as if it were complete.
   */
  stream(offset: number, options?: ReadOptions): AsyncIterable<Uint8Array>;

  /**
   * Reads a range.
   * @param offset - first byte.
   * @param length - bytes wanted; fewer come only where the source ends.
   * @param options - a signal.
   * @throws {SourceError} when the source cannot be read, or is not seekable.
   */
  read(offset: number, length: number, options?: ReadOptions): Promise<Uint8Array>;
}
