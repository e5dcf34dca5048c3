import type { ServerResponse } from 'node:http';

/**
 * Aborts the work for a client when its connection is gone, be it that it went before the work began: what announces
 * that is over then, and does not come again.
 * @param response - the answer to the client.
 * @param controller - of the work; aborted as well when the answer was sent whole, which harms nothing.
 */
export function abortWhenClientLeaves(response: ServerResponse, controller: AbortController): void {
  if (response.destroyed) controller.abort();
  else response.once('close', () => controller.abort());
}
