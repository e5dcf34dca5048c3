import type { FastifyInstance } from 'fastify';
import type { Library } from './library.js';

/**
 * Adds the short form of an address, `GET|HEAD /<file>?src=<path>`: it leads to `/m/<ref>/<file>` with the rest of the
 * query.
 * @param app - the server.
 * @param library - finds the path.
 * @param file - the last part of both addresses.
 */
export function addShortForm(app: FastifyInstance, library: Library, file: string): void {
  app.route<{ Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: `/${file}`,
    handler: async (request, reply) => {
      const { src } = request.query;
      const { ref } = await library.find(typeof src === 'string' ? src : '');
      const rest = new URLSearchParams(request.url.split('?')[1]);
      rest.delete('src');
      return reply.redirect(`/m/${ref}/${file}${rest.size === 0 ? '' : `?${rest.toString()}`}`, 302);
    },
  });
}
