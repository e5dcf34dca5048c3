import type { FastifyReply } from 'fastify';
import type { MediaLoan } from '../delivery/media-shelf.js';
import type { SegmentService } from '../delivery/segment-service.js';
import type { ActiveStreams } from './active-streams.js';
import { abortWhenClientLeaves } from './client-leaving.js';
import type { LibraryFile } from './library.js';
import type { MediaFinder } from './media-finder.js';
import { viewerOf } from './viewer.js';

/** What answers about opened media are made with. */
export interface MediaAnswerOptions {
  readonly library: MediaFinder;
  readonly segments: SegmentService;
  /** Counts the answers that are being made or sent. */
  readonly answers: ActiveStreams;
}

/** One request for something of a media, as the answer to it needs it. */
export interface MediaInquiry {
  readonly file: LibraryFile;
  readonly loan: MediaLoan;
  readonly signal: AbortSignal;
}

/**
 * Opens the media for one answer; a client that leaves ends the work for it.
 * @param ref - names it.
 * @param reply - the answer.
 * @param options - finds and opens it.
 * @param send - sends what was asked for; the media is lent for as long.
 */
export async function answerWithMedia(
  ref: string,
  reply: FastifyReply,
  { library, segments, answers }: MediaAnswerOptions,
  send: (inquiry: MediaInquiry) => Promise<void>,
): Promise<FastifyReply> {
  const file = await library.resolve(ref);
  await answers.run(async (controller) => {
    const { signal } = controller;
    abortWhenClientLeaves(reply, controller);
    try {
      using loan = await segments.borrow(file.subject, signal, viewerOf(reply.request));
      // Hundreds may have waited for its opening.
      await reply.server.turns.pass();
      await send({ file, loan, signal });
    } catch (error) {
      if (!reply.raw.destroyed) throw error;
      // Nobody is there to be told, and leaving is not a failure.
      reply.hijack();
    }
  });
  return reply;
}
