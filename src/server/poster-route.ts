import type { FastifyInstance } from 'fastify';
import type { StillService } from '../delivery/still-service.js';
import { RequestError } from '../errors.js';
import { stillVersionOf } from '../pipelines/stills/still-version.js';
import type { ActiveStreams } from './active-streams.js';
import { abortWhenClientLeaves } from './client-leaving.js';
import { tagOfNames } from './entity-tag.js';
import type { MediaFinder } from './media-finder.js';
import { sendStill } from './send-still.js';
import { viewerOf } from './viewer.js';

/** What the route of posters works with. */
export interface PosterRouteOptions {
  readonly library: MediaFinder;
  /** Makes the pictures. */
  readonly stills: StillService;
  /** Counts the pictures that are waited for. */
  readonly answers: ActiveStreams;
}

/** The widths that there are, in pixels: a card, a card on a fine screen, and the page. */
const WIDTHS: ReadonlySet<string> = new Set(['320', '640', '1280']);
const DEFAULT_WIDTH = '640';

/** Adds the route of posters, for GET and HEAD: `/m/<ref>/poster.jpg?width=`. */
export function addPosterRoute(app: FastifyInstance, { library, stills, answers }: PosterRouteOptions): void {
  app.route<{ Params: { ref: string }; Querystring: { width?: unknown } }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/poster.jpg',
    handler: async (request, reply) => {
      const width = parseWidth(request.query.width);
      const { subject } = await library.resolve(request.params.ref);
      await answers.run(async (controller) => {
        const { signal } = controller;
        abortWhenClientLeaves(reply.raw, controller);
        try {
          const identity = await stills.identify(subject, signal);
          const version = stillVersionOf(identity);
          const tag = version === undefined ? undefined : tagOfNames('poster', version, width);
          const wish = { width, identity, viewer: viewerOf(request) };
          await sendStill(reply, tag, () => stills.poster(subject, wish, signal));
        } catch (error) {
          if (!reply.raw.destroyed) throw error;
          // Nobody is there to be told: who scrolls by leaves many behind.
          reply.hijack();
        }
      });
      return reply;
    },
  });
}

function parseWidth(width: unknown = DEFAULT_WIDTH): number {
  if (typeof width === 'string' && WIDTHS.has(width)) return Number(width);
  throw new RequestError(`width is one of ${[...WIDTHS].join(', ')}.`);
}
