import type { FastifyInstance } from 'fastify';
import { answerWithMedia, type MediaAnswerOptions } from './media-answer.js';
import { parsePlayerQuery } from './player-query.js';
import { PlaylistSender, queryOf } from './send-playlist.js';
import { addShortForm } from './short-form-route.js';
import type { SideCars } from './side-cars.js';

/** What the route of DASH works with. */
export interface DashRouteOptions extends MediaAnswerOptions {
  /** Finds the subtitles beside media. */
  readonly sideCars: SideCars;
}

/**
 * Adds the route of DASH, for GET and HEAD: `/m/<ref>/manifest.mpd` with its short form `/manifest.mpd?src=`. The segments
 * that it names are those of HLS.
 */
export function addDashRoutes(app: FastifyInstance, options: DashRouteOptions): void {
  const playlists = new PlaylistSender();
  app.route<{ Params: { ref: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/manifest.mpd',
    handler: async (request, reply) => {
      const target = parsePlayerQuery(request.query);
      return await answerWithMedia(request.params.ref, reply, options, async ({ file, loan }) => {
        const listed = await options.sideCars.list(file.subject);
        const beside = listed.map(({ description }) => description);
        await playlists.send(reply, loan, {
          name: `manifest ${queryOf(request.url)} ${beside.map(({ id }) => id).join(' ')}`,
          type: 'application/dash+xml',
          write: (media) => media.manifest(target, beside),
        });
      });
    },
  });

  addShortForm(app, options.library, 'manifest.mpd');
}
