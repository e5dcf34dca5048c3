import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SegmentService } from '../delivery/segment-service.js';
import type { StillService } from '../delivery/still-service.js';
import { RequestError, SegmintError } from '../errors.js';
import { leavingSignal } from './client-leaving.js';
import type { DescriptionCache } from './description-cache.js';
import { errorResponse } from './error-response.js';
import { summarizeHls } from './hls-summary.js';
import type { MediaFinder } from './media-finder.js';
import { parsePlayerQuery } from './player-query.js';
import type { SideCars } from './side-cars.js';
import { hasPictureBeside } from './picture-files.js';
import { stillLinksOf } from './still-links.js';
import { summarizeAttachments, summarizeSubtitles } from './subtitle-summary.js';
import type { VobsubFiles } from './vobsub-files.js';

/** How long the description waits for what has to be opened to know about HLS: a file without an index is scanned. */
const HLS_PATIENCE_MS = 1500;

/**
 * Adds `GET /m/<ref>/info.json?failure=`.
 * @param app - the server.
 * @param library - what is described.
 * @param descriptions - of what is in it.
 * @param delivery - says what it is as HLS, and that there are pictures; without them nothing is said of that.
 * @param beside - finds the subtitles beside it: those of text, and those of pictures.
 */
export function addInfoRoutes(
  app: FastifyInstance,
  library: MediaFinder,
  descriptions: DescriptionCache,
  { segments, stills }: { readonly segments?: SegmentService; readonly stills?: StillService | undefined },
  { sideCars, vobsub }: { readonly sideCars: SideCars; readonly vobsub: VobsubFiles },
): void {
  app.get<{ Params: { ref: string }; Querystring: Record<string, unknown> }>(
    '/m/:ref/info.json',
    async (request, reply) => {
      const { ref } = request.params;
      const target = parsePlayerQuery(request.query);
      const isInside = isFailureInside(request.query['failure']);
      // A list of many files wants to know little of each: HLS would have to read each one's index.
      const isHlsWanted = request.query['hls'] !== 'none';
      const describe = async (): Promise<object> => {
        const file = await library.resolve(ref);
        const [{ subtitles, attachments, ...description }, beside, pairs, isPictured, hls] =
          await Promise.all([
            descriptions.get(file),
            sideCars.list(file.subject),
            vobsub.list(file.subject),
            hasPictureBeside(file),
            isHlsWanted && segments
              ? summarizeHls(file.subject, segments, target, HLS_PATIENCE_MS, leavingSignal(reply))
              : undefined,
          ]);
        reply.header('cache-control', 'no-cache');
        const links = segments && stills ? stillLinksOf(description, isPictured) : {};
        return {
          ref: file.ref,
          name: file.name,
          ...description,
          subtitles: summarizeSubtitles([
            ...(subtitles ?? []),
            ...beside.map((one) => one.description),
            ...pairs,
          ]),
          attachments: summarizeAttachments(attachments ?? []),
          ...links,
          ...(hls && { hls }),
        };
      };
      return isInside
        ? await describe().catch((error: unknown) => tellInside(ref, error, reply))
        : await describe();
    },
  );
}

/** Whether what is wrong with the item is wanted as a fact about it. */
function isFailureInside(failure: unknown): boolean {
  if (failure !== undefined && failure !== 'inside')
    throw new RequestError('failure is "inside", or left out.');
  return failure !== undefined;
}

/**
 * Tells what is wrong with an item like any other fact about it: a browser writes each answer that is an error into its console,
 * and here nothing went wrong. What the server is at fault for stays an error.
 */
function tellInside(ref: string, cause: unknown, reply: FastifyReply): object {
  const { status, body } = errorResponse(cause);
  const isOfItem = cause instanceof SegmintError && cause.code !== 'overloaded' && status < 500;
  if (!isOfItem) throw cause;
  reply.header('cache-control', 'no-store');
  return { ref, ...body, status };
}
