import type { ServerResponse } from 'node:http';

/**
 * Aborts the work for a client when its connection is gone, be it that it went before the work began: what announces
 * that is over then, and does not come again.
 * @param response - the answer to the client.
 * @param controller - of the work; left alone when the answer was sent whole: to abort is to take a stack for an error.
 */
export function abortWhenClientLeaves(response: ServerResponse, controller: AbortController): void {
  if (response.destroyed) controller.abort();
  else {
    response.once('close', () => {
      if (!response.writableFinished) controller.abort();
    });
  }
}

/**
 * Aborted when the client leaves before it is answered; one that was told to ask again may find the work done.
 * @param response - the answer to the client.
 */
export function leavingSignal(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  return leaving.signal;
}
