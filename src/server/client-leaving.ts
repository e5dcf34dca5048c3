import type { FastifyReply } from 'fastify';

/**
 * Why work is aborted whose client has left. One for all, as nobody looks at where it was made: when hundreds leave at once,
 * an error for each would be a stack for each.
 */
const LEFT = new DOMException('The client has left.', 'AbortError');

/** Whether this is what the work for a client ended with that has left: nobody is there to be told, and nothing has failed. */
export function isOfLeaver(error: unknown): boolean {
  return error === LEFT;
}

/**
 * Aborts the work for a client when its connection is gone, be it that it went before the work began: what announces
 * that is over then, and does not come again.
 * @param reply - the answer to the client.
 * @param controller - of the work; left alone when the answer was sent whole.
 */
export function abortWhenClientLeaves({ raw, server }: FastifyReply, controller: AbortController): void {
  if (raw.destroyed) controller.abort(LEFT);
  else {
    raw.once('close', () => {
      if (!raw.writableFinished) server.turns.run(() => controller.abort(LEFT));
    });
  }
}

/**
 * Aborted when the client leaves before it is answered; one that was told to ask again may find the work done.
 * @param reply - the answer to the client.
 */
export function leavingSignal(reply: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  abortWhenClientLeaves(reply, leaving);
  return leaving.signal;
}
