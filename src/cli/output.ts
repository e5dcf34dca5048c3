import { abortable } from '../io/abortable.js';

/** Where a stream is written to. */
export interface Output {
  /** For people. */
  readonly name: string;

  /**
   * Writes buffers one after another, as they are, without joining them.
   * @param list - not read any more once the promise has settled, and not to be changed before.
   * @throws {OutputError} when they cannot be written.
   */
  write(list: readonly Uint8Array[]): Promise<void>;

  /** Makes what was written final. Nothing may be written afterwards. */
  commit(): Promise<void>;

  /**
   * Leaves nothing behind of what was written, where that is possible; a write may still be under way. Does nothing after
   * {@link Output.commit}.
   */
  discard(): Promise<void>;
}

/**
 * Writes a stream to an output and commits it when it is whole. The next list is made while one is written; the one
 * after it is not asked for before that is done, so that the stream may reuse memory.
 * @param lists - pulled to their end.
 * @param output - committed at the end, discarded on any failure.
 * @param onWritten - told the number of bytes of each list.
 * @param signal - ends it, also while a pipe takes nothing.
 */
export async function writeAll(
  lists: AsyncIterable<readonly Uint8Array[]>,
  output: Output,
  onWritten: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let writing = Promise.resolve();
  try {
    for await (const list of lists) {
      await abortable(writing, signal);
      writing = output.write(list);
      // Met at the next turn, or below.
      writing.catch(() => undefined);
      onWritten(list.reduce((sum, { length }) => sum + length, 0));
    }
    await abortable(writing, signal);
    await output.commit();
  } catch (error) {
    await output.discard();
    throw error;
  }
}
