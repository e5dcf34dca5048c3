import type { FastifyInstance } from 'fastify';
import { isVersioned } from '../delivery/segment-order.js';
import { answerWithMedia, type MediaAnswerOptions } from './media-answer.js';
import { parsePlayerQuery } from './player-query.js';
import { sendPlaylist } from './send-playlist.js';
import { addShortForm } from './short-form-route.js';

/**
 * Adds the route of DASH, for GET and HEAD: `/m/<ref>/manifest.mpd` with its short form `/manifest.mpd?src=`. The segments
 * that it names are those of HLS.
 */
export function addDashRoutes(app: FastifyInstance, options: MediaAnswerOptions): void {
  app.route<{ Params: { ref: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/manifest.mpd',
    handler: async (request, reply) => {
      const target = parsePlayerQuery(request.query);
      return await answerWithMedia(request.params.ref, reply, options, async ({ loan }) => {
        await sendPlaylist(reply, loan.media.manifest(target), isVersioned(loan), 'application/dash+xml');
      });
    },
  });

  addShortForm(app, options.library, 'manifest.mpd');
}
