import type { FastifyInstance } from 'fastify';
import { SIGNATURE_PARAMETER } from './auth.js';
import type { MediaFinder } from './media-finder.js';

/**
 * Adds the short form of an address, `GET|HEAD /<file>?src=<path>`: it leads to `/m/<ref>/<file>` with the rest of the
 * query.
 * @param app - the server.
 * @param library - finds the path.
 * @param file - the last part of both addresses.
 */
export function addShortForm(app: FastifyInstance, library: MediaFinder, file: string): void {
  app.route<{ Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: `/${file}`,
    config: { access: 'src' },
    handler: async (request, reply) => {
      const { src } = request.query;
      const item = library.find(typeof src === 'string' ? src : '');
      const ref = await item.then((found) => found.ref).catch(() => undefined);
      // Asked first: who has no key learns nothing of what there is.
      const grant = request.grantFor(ref);
      await item;
      const rest = new URLSearchParams(request.url.split('?')[1]);
      rest.delete('src');
      rest.delete(SIGNATURE_PARAMETER);
      const query = rest.size === 0 ? '' : `?${rest.toString()}`;
      return reply.redirect(`${grant}/m/${ref!}/${file}${query}`, 302);
    },
  });
}
