import type { LibraryFile } from './library.js';

/** Finds what the addresses of requests name: a library, or an app's own catalogue. Each request asks, so it has to be cheap. */
export interface MediaFinder {
  /**
   * Finds what a `<ref>` names.
   * @throws {RequestError} when no such thing is offered.
   */
  resolve(ref: string): Promise<LibraryFile>;
  /**
   * Finds what the short form of an address names.
   * @throws {RequestError} when no such thing is offered.
   */
  find(src: string): Promise<LibraryFile>;
}
