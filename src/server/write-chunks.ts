import type { ServerResponse } from 'node:http';
import { SourceError } from '../errors.js';

/**
 * Writes lists of chunks to a response, no faster than the client reads. A list goes to the system as one vector of
 * buffers, without copying. The next list is made while one is sent; the one after it is not asked for before that is
 * done, so that the stream may reuse memory.
 * @param response - its headers are sent already.
 * @param lists - pulled as the client reads.
 * @param idleTimeoutMs - how long a client may read nothing before it is given up.
 * @returns whether the system has taken all of it; the connection is gone otherwise, and may still be read for it.
 * @throws {SourceError} when the client reads nothing for that long. What the iteration throws comes through. A client
 *   that leaves is not an error of this function: the caller's signal ends the lists.
 */
export async function writeChunks(
  response: ServerResponse,
  lists: AsyncIterable<readonly Uint8Array[]>,
  idleTimeoutMs: number,
): Promise<boolean> {
  let sending = Promise.resolve(true);
  for await (const list of lists) {
    if (!(await sending) || response.destroyed) return false;
    sending = send(response, list, idleTimeoutMs);
    // Met at the next turn, or below.
    sending.catch(() => undefined);
  }
  return await sending;
}

/** Settles when the list has gone to the system, or the connection is gone; tells which. */
function send(
  response: ServerResponse,
  list: readonly Uint8Array[],
  idleTimeoutMs: number,
): Promise<boolean> {
  if (list.length === 0) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      response.off('close', onClose);
    };
    const onTaken = (error?: Error | null): void => {
      settle();
      resolve(error === undefined || error === null);
    };
    const onClose = (): void => {
      settle();
      resolve(false);
    };
    const timer = setTimeout(() => {
      settle();
      reject(new SourceError(`The client read nothing for ${Math.round(idleTimeoutMs / 1000)} seconds.`));
    }, idleTimeoutMs);
    response.once('close', onClose);
    response.cork();
    for (const [index, chunk] of list.entries()) {
      if (index < list.length - 1) response.write(chunk);
      else response.write(chunk, onTaken);
    }
    response.uncork();
  });
}
