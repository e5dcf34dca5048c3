import type { FastifyInstance } from 'fastify';
import { answerWithMedia, type MediaAnswerOptions } from './media-answer.js';
import { parsePlayerQuery } from './player-query.js';
import { PlaylistSender, queryOf } from './send-playlist.js';
import { addShortForm } from './short-form-route.js';

/**
 * Adds the route of DASH, for GET and HEAD: `/m/<ref>/manifest.mpd` with its short form `/manifest.mpd?src=`. The segments
 * that it names are those of HLS.
 */
export function addDashRoutes(app: FastifyInstance, options: MediaAnswerOptions): void {
  const playlists = new PlaylistSender();
  app.route<{ Params: { ref: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/manifest.mpd',
    handler: async (request, reply) => {
      const target = parsePlayerQuery(request.query);
      return await answerWithMedia(request.params.ref, reply, options, async ({ loan }) => {
        await playlists.send(reply, loan, {
          name: queryOf(request.url),
          type: 'application/dash+xml',
          write: (media) => media.manifest(target),
        });
      });
    },
  });

  addShortForm(app, options.library, 'manifest.mpd');
}
