import type { FastifySchema } from 'fastify';

// What each route takes and gives, in the words of JSON Schema, as OpenAPI has it.

type JsonSchema = Readonly<Record<string, unknown>>;

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const integer = { type: 'integer' } as const;
const object = (
  properties: JsonSchema,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: true,
});

const ERROR = object({
  error: object(
    {
      code: {
        ...text,
        enum: [
          ...['malformed_media', 'unsupported_media', 'limit_exceeded', 'source_failed', 'engine_failed'],
          ...['overloaded', 'bad_request', 'invariant'],
        ],
      },
      message: { ...text, description: 'One sentence for a person.' },
      context: { type: 'object', additionalProperties: true },
    },
    ['code', 'message'],
  ),
});

/** What each status of an error means here. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'A value is not understood.',
  401: 'An API key or a signed link is needed.',
  403: 'That may not be read.',
  404: 'There is no such thing, or no longer.',
  415: 'Nothing in the file can be sent.',
  422: 'The file is broken, or abusive.',
  500: 'A decoder or encoder failed, or segmint did.',
  502: 'The source could not be read.',
  503: 'The server has more to do than it can, or is ending; Retry-After says when to try again.',
  504: 'The source did not answer in time.',
};

function errors(...statuses: readonly number[]): JsonSchema {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: ERRORS[status], content: { 'application/json': { schema: ERROR } } },
    ]),
  );
}

/** What may go wrong wherever a source is opened. */
const MEDIA_ERRORS = errors(400, 401, 403, 404, 415, 422, 500, 502, 503, 504);

function answer(description: string, type: string, schema: JsonSchema = text): JsonSchema {
  return { 200: { description, content: { [type]: { schema } } } };
}

const binary = { type: 'string', contentMediaType: 'application/octet-stream' } as const;
const unchanged = { 304: { description: 'What the client has still holds.', type: 'null' } };
const redirect = {
  302: { description: 'Leads to the address of the item, with the rest of the query.', type: 'null' },
};

const REF = {
  ref: { ...text, description: 'Names a file of the library, as /library.json does, or a URL in base64url.' },
};
const SRC = {
  src: { ...text, description: 'A path below a root of the library, or an http or https URL.' },
};
const TIME = { ...text, description: 'A time: 90, 90.5, 1:30, 1m30s.', examples: ['1:30'] };
const TRACK = { ...text, pattern: '^(none|\\d{1,15})$', description: "The track's number, or none." };

const STREAM_QUERY = {
  start: { ...TIME, default: '0' },
  duration: TIME,
  audioTrack: TRACK,
  videoTrack: TRACK,
  audio: { ...text, enum: ['auto', 'copy', 'aac'], default: 'auto' },
  video: { ...text, enum: ['auto', 'copy', 'h264'], default: 'auto' },
  height: { ...integer, minimum: 16, maximum: 8192, description: 'A higher picture is scaled down to this.' },
  audioChannels: { ...text, enum: ['2', '6'], default: '2' },
  timeline: { ...text, enum: ['zero', 'absolute'], default: 'zero' },
};

const PLAYER_QUERY = {
  video: {
    ...text,
    description: 'Video codecs that the player plays, with commas: names or RFC 6381 strings.',
    examples: ['hevc,av1'],
  },
  audio: { ...text, description: 'The same of audio codecs.', examples: ['opus,ac-3'] },
  ladder: {
    ...text,
    enum: ['all', 'none'],
    default: 'all',
    description: 'none: no lower forms of the video.',
  },
};

function params(properties: JsonSchema): JsonSchema {
  return object(properties);
}

function query(properties: JsonSchema, required: readonly string[] = []): JsonSchema {
  return object(properties, required);
}

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

/** The page and its files are no part of the interface for programs. */
const HIDDEN = { hide: true } as const;
const PAGE = /^\/(?:|assets\/.+|play|m\/:ref\/play)$/;

const PLAYLIST = 'application/vnd.apple.mpegurl';

const SCHEMAS: ReadonlyMap<string, JsonSchema> = new Map<string, JsonSchema>([
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
  [
    '/m/:ref/info.json',
    {
      summary: 'What a file holds, and what becomes of each track',
      params: params(REF),
      querystring: query({
        ...PLAYER_QUERY,
        hls: { ...text, enum: ['none'], description: 'Say nothing of HLS, which may need the index.' },
      }),
      response: {
        ...answer(
          'hls is ready, pending or unavailable.',
          'application/json',
          object({ ref: text, name: text, container: text, hls: object({ state: text }) }, ['ref', 'name']),
        ),
        ...MEDIA_ERRORS,
      },
    },
  ],
  [
    '/m/:ref/stream.mp4',
    {
      summary: 'The file as one continuous fragmented MP4',
      params: params(REF),
      querystring: query(STREAM_QUERY),
      response: {
        200: {
          description: 'Chunked; it ends in order only when it is complete.',
          headers: {
            'X-Segmint-Start-Ms': { description: 'Where the stream really begins.', schema: number },
            'X-Segmint-Source-Duration-Ms': { description: 'Duration of the whole source.', schema: number },
          },
          content: { 'video/mp4': { schema: binary }, 'audio/mp4': { schema: binary } },
        },
        ...MEDIA_ERRORS,
      },
    },
  ],
  [
    '/stream.mp4',
    {
      summary: 'The continuous stream by its path',
      querystring: query({ ...SRC, ...STREAM_QUERY }, ['src']),
      response: { ...redirect, ...errors(400, 401, 403, 404, 503) },
    },
  ],
  [
    '/m/:ref/master.m3u8',
    {
      summary: 'The multivariant playlist of HLS',
      params: params(REF),
      querystring: query(PLAYER_QUERY),
      response: { ...answer('RFC 8216.', PLAYLIST), ...unchanged, ...MEDIA_ERRORS },
    },
  ],
  [
    '/master.m3u8',
    {
      summary: 'The multivariant playlist by the path',
      querystring: query({ ...SRC, ...PLAYER_QUERY }, ['src']),
      response: { ...redirect, ...errors(400, 401, 403, 404, 503) },
    },
  ],
  [
    '/m/:ref/manifest.mpd',
    {
      summary: 'The manifest of DASH',
      params: params(REF),
      querystring: query(PLAYER_QUERY),
      response: {
        ...answer('ISO/IEC 23009-1; the segments are those of HLS.', 'application/dash+xml'),
        ...unchanged,
        ...MEDIA_ERRORS,
      },
    },
  ],
  [
    '/manifest.mpd',
    {
      summary: 'The manifest by the path',
      querystring: query({ ...SRC, ...PLAYER_QUERY }, ['src']),
      response: { ...redirect, ...errors(400, 401, 403, 404, 503) },
    },
  ],
  [
    '/m/:ref/poster.jpg',
    {
      summary: 'The picture by which a file is known: its cover, or one of its own',
      params: params(REF),
      querystring: query({
        width: {
          ...text,
          enum: ['320', '640', '1280'],
          default: '640',
          description: 'The most pixels across.',
        },
      }),
      response: { ...answer('JPEG.', 'image/jpeg', binary), ...unchanged, ...MEDIA_ERRORS },
    },
  ],
  [
    '/m/:ref/thumbnails.vtt',
    {
      summary: 'Small pictures over time, as WebVTT that names sprites and places in them',
      params: params(REF),
      response: { ...answer('Cues of #xywh= addresses.', 'text/vtt'), ...unchanged, ...MEDIA_ERRORS },
    },
  ],
  [
    '/m/:ref/thumbnails/:file',
    {
      summary: 'A sprite of thumbnails',
      params: params({ ...REF, file: { ...text, pattern: '^\\d+\\.jpg$' } }),
      response: { ...answer('JPEG.', 'image/jpeg', binary), ...unchanged, ...MEDIA_ERRORS },
    },
  ],
  [
    '/m/:ref/:rendition/:file',
    {
      summary: 'A media playlist, an init segment or a segment',
      params: params({
        ...REF,
        rendition: { ...text, description: 'As the multivariant playlist names it.' },
        file: { ...text, pattern: '^(playlist\\.m3u8|init\\.mp4|\\d+\\.(m4s|vtt))$' },
      }),
      response: {
        200: {
          description: 'Whole, and the same for good where it has an ETag.',
          content: {
            [PLAYLIST]: { schema: text },
            'video/mp4': { schema: binary },
            'audio/mp4': { schema: binary },
            'text/vtt': { schema: text },
          },
        },
        206: {
          description: 'The range that was asked for.',
          content: { 'video/mp4': { schema: binary }, 'audio/mp4': { schema: binary } },
        },
        ...unchanged,
        416: { description: 'The segment has no such range.', type: 'null' },
        ...MEDIA_ERRORS,
      },
    },
  ],
  [
    '/m/:ref/subtitles/:subtitle',
    {
      summary: 'A subtitle as a file: its text, or its original',
      params: params({
        ...REF,
        subtitle: {
          ...text,
          pattern: '^[tf][0-9a-f]+\\.(vtt|ass|sup|idx|sub)$',
          description: 'As info.json names it; beside an index of VobSub its pictures, by the same name.',
        },
      }),
      querystring: query({ start: TIME, end: TIME }),
      response: {
        200: {
          description: 'What is shown from start to end, or in all of the film; sent as it is read.',
          content: {
            'text/vtt': { schema: text },
            'text/x-ssa': { schema: text },
            'text/plain': { schema: text },
            'application/octet-stream': { schema: binary },
          },
        },
        ...unchanged,
        ...MEDIA_ERRORS,
      },
    },
  ],
  [
    '/m/:ref/attachments/:number',
    {
      summary: 'A file that is attached to the film, such as a font',
      params: params({ ...REF, number: { ...integer, minimum: 0 } }),
      response: { ...answer('As it is stored.', 'application/octet-stream', binary), ...MEDIA_ERRORS },
    },
  ],
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
]);

function readinessOf(status: string): JsonSchema {
  const parts = { type: 'object', additionalProperties: { ...text, enum: ['works', 'fails'] } };
  return object({ status: { ...text, const: status }, parts });
}

/**
 * The schema of a route.
 * @param url - its pattern.
 * @param own - the one that it was registered with, which goes first.
 */
export function routeSchemaOf(url: string, own: FastifySchema | undefined): FastifySchema {
  return own ?? SCHEMAS.get(url) ?? (PAGE.test(url) ? HIDDEN : {});
}
