import type { FastifyInstance } from 'fastify';
import type { SegmentService } from '../delivery/segment-service.js';
import type { StillService } from '../delivery/still-service.js';
import { leavingSignal } from './client-leaving.js';
import type { DescriptionCache } from './description-cache.js';
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
 * Adds `GET /m/<ref>/info.json`.
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
      const file = await library.resolve(request.params.ref);
      const target = parsePlayerQuery(request.query);
      // A list of many files wants to know little of each: HLS would have to read each one's index.
      const isHlsWanted = request.query['hls'] !== 'none';
      const [{ subtitles, attachments, ...description }, beside, pairs, isPictured, hls] = await Promise.all([
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
    },
  );
}
