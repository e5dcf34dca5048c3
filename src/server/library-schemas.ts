import {
  type JsonSchema,
  text,
  number,
  integer,
  object,
  errors,
  answer,
  ABSENT,
  binary,
  noPicture,
  params,
  unchanged,
  query,
} from './schema-parts.js';

const DETAILS = object(
  {
    durationMs: integer,
    video: object({ width: integer, height: integer, codec: text, isHdr: { type: 'boolean' } }),
    audio: { type: 'array', items: text, description: 'BCP-47 tags of the tracks.' },
    subtitles: { type: 'array', items: text },
    hasPoster: { type: 'boolean', description: 'There is a poster.jpg.' },
    problem: { ...text, description: 'Why nothing else is said.' },
  },
  [],
);

/** What the routes of the library take and give, by their patterns. */
export const LIBRARY_SCHEMAS: readonly (readonly [string, JsonSchema])[] = [
  [
    '/library.json',
    {
      summary: 'What the library offers',
      response: {
        ...answer(
          'Sorted by root and path.',
          'application/json',
          object({
            items: {
              type: 'array',
              items: object({ ref: text, path: text, root: text, size: integer, modifiedMs: number }, [
                'ref',
                'path',
                'root',
              ]),
            },
            folders: {
              type: 'array',
              description: 'Those that have a picture of their own.',
              items: object({ path: text, root: text, picture: text }),
            },
            isTruncated: { type: 'boolean', description: 'There is more than is listed.' },
            isScanning: {
              type: 'boolean',
              description: 'The folders are still being read for the first time.',
            },
            remote: object({ allowed: { type: 'boolean' }, hosts: { type: 'array', items: text } }, [
              'allowed',
            ]),
          }),
        ),
        ...unchanged,
        ...errors(401, 503),
      },
    },
  ],
  [
    '/library/pictures/:ref',
    {
      summary: 'The picture that lies in a folder',
      params: params({ ref: { ...text, description: 'As /library.json names it.' } }),
      querystring: query({
        width: {
          ...text,
          enum: ['320', '640', '1280'],
          default: '640',
          description: 'The most pixels across.',
        },
        absent: ABSENT,
      }),
      response: {
        ...answer('JPEG.', 'image/jpeg', binary),
        ...noPicture,
        ...unchanged,
        ...errors(400, 401, 403, 404, 415, 422, 500, 503),
      },
    },
  ],
  [
    '/library/events',
    {
      summary: 'Server-sent events, one named "changed" whenever the listing has become another one',
      response: { ...answer('Ends with the server.', 'text/event-stream'), ...errors(401, 503) },
    },
  ],
  [
    '/library/details',
    {
      summary: 'What is shown of items in a list, of several at once',
      querystring: query(
        { refs: { ...text, description: 'Up to 32 references, as /library.json has them, with commas.' } },
        ['refs'],
      ),
      response: {
        ...answer(
          'By the reference; of what cannot be read, a problem in one sentence.',
          'application/json',
          object({ items: { type: 'object', additionalProperties: DETAILS } }),
        ),
        ...errors(400, 401, 503),
      },
    },
  ],
];
