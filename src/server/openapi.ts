import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { findPackageRoot } from './package-root.js';
import { routeSchemaOf } from './route-schemas.js';

/**
 * Adds `GET /openapi.json`: the description of the HTTP interface, made from the routes and their schemas. Before the
 * routes that it describes are added. What requests say is checked by the routes' own parsers, whose messages are for people.
 * @param app - the server.
 */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'segmint',
        version,
        description:
          'Any video file, playing in the browser now: continuous fragmented MP4, and HLS and DASH cut from the same file while it is watched.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key, where the server asks for one.' },
        },
      },
      security: [{}, { key: [] }],
    },
    transform: ({ schema, url }) => ({ schema: routeSchemaOf(url, schema), url }),
  });
  app.get('/openapi.json', { config: { access: 'open' } }, async (_request, reply) => {
    return await reply.header('cache-control', 'no-cache').send(app.swagger());
  });
}
