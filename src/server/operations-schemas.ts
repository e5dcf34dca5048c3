import { type JsonSchema, text, integer, object, ERROR, errors, answer } from './schema-parts.js';

/** What the routes for operators take and give, by their patterns. */
export const OPERATIONS_SCHEMAS: readonly (readonly [string, JsonSchema])[] = [
  [
    '/healthz',
    {
      summary: 'Whether the server lives',
      security: [],
      response: answer(
        'It does.',
        'application/json',
        object({ status: { ...text, enum: ['ok', 'ending'] }, streams: integer, answers: integer }),
      ),
    },
  ],
  [
    '/readyz',
    {
      summary: 'Whether the server can do its work: an engine was asked to do some',
      security: [],
      response: {
        ...answer('It can.', 'application/json', readinessOf('ready')),
        503: {
          description: 'It cannot, or is ending.',
          content: { 'application/json': { schema: { anyOf: [readinessOf('unready'), ERROR] } } },
        },
      },
    },
  ],
  [
    '/metrics',
    {
      summary: 'Metrics for Prometheus',
      response: { ...answer('The text format.', 'text/plain'), ...errors(401, 403, 503) },
    },
  ],
  [
    '/openapi.json',
    {
      summary: 'This description',
      security: [],
      response: answer('OpenAPI 3.1.', 'application/json', object({})),
    },
  ],
];

function readinessOf(status: string): JsonSchema {
  const parts = { type: 'object', additionalProperties: { ...text, enum: ['works', 'fails'] } };
  return object({ status: { ...text, const: status }, parts });
}
