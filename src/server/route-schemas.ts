import type { FastifySchema } from 'fastify';
import { LIBRARY_SCHEMAS } from './library-schemas.js';
import { MEDIA_SCHEMAS } from './media-schemas.js';
import { OPERATIONS_SCHEMAS } from './operations-schemas.js';
import type { JsonSchema } from './schema-parts.js';

// What each route takes and gives, in the words of JSON Schema, as OpenAPI has it.

/** The page and its files are no part of the interface for programs. */
const HIDDEN = { hide: true } as const;
const PAGE = /^\/(?:|assets\/.+|play|m\/:ref\/play)$/;

const SCHEMAS: ReadonlyMap<string, JsonSchema> = new Map([
  ...LIBRARY_SCHEMAS,
  ...MEDIA_SCHEMAS,
  ...OPERATIONS_SCHEMAS,
]);

/**
 * The schema of a route.
 * @param url - its pattern.
 * @param own - the one that it was registered with, which goes first.
 */
export function routeSchemaOf(url: string, own: FastifySchema | undefined): FastifySchema {
  return own ?? SCHEMAS.get(url) ?? (PAGE.test(url) ? HIDDEN : {});
}
