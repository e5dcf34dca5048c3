import type { ServerResponse } from 'node:http';
import { SourceError } from '../errors.js';

/**
 * Writes lists of chunks to a response, no faster than the client reads. A list is one write: Node sends it as one
 * HTTP chunk and one vector of buffers, without copying.
 * @param response - its headers are sent already.
 * @param lists - pulled as the client reads.
 * @param idleTimeoutMs - how long a client may read nothing before it is given up.
 * @throws {SourceError} when the client reads nothing for that long. What the iteration throws comes through. A client
 *   that leaves is not an error of this function: the caller's signal ends the lists.
 */
export async function writeChunks(
  response: ServerResponse,
  lists: AsyncIterable<readonly Uint8Array[]>,
  idleTimeoutMs: number,
): Promise<void> {
  for await (const list of lists) {
    response.cork();
    for (const chunk of list) response.write(chunk);
    response.uncork();
    if (response.writableNeedDrain) await drained(response, idleTimeoutMs);
    if (response.destroyed) return;
  }
}

function drained(response: ServerResponse, idleTimeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      response.off('drain', onReady);
      response.off('close', onReady);
    };
    const onReady = (): void => {
      settle();
      resolve();
    };
    const timer = setTimeout(() => {
      settle();
      reject(new SourceError(`The client read nothing for ${Math.round(idleTimeoutMs / 1000)} seconds.`));
    }, idleTimeoutMs);
    response.once('drain', onReady);
    response.once('close', onReady);
  });
}
