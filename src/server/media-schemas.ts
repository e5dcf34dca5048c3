import {
  type JsonSchema,
  text,
  number,
  integer,
  object,
  errors,
  MEDIA_ERRORS,
  answer,
  binary,
  unchanged,
  ABSENT,
  noPicture,
  redirect,
  REF,
  SRC,
  TIME,
  params,
  query,
} from './schema-parts.js';

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

const PLAYLIST = 'application/vnd.apple.mpegurl';

/** What the routes of one item take and give, by their patterns. */
export const MEDIA_SCHEMAS: readonly (readonly [string, JsonSchema])[] = [
  [
    '/m/:ref/info.json',
    {
      summary: 'What a file holds, and what becomes of each track',
      params: params(REF),
      querystring: query({
        ...PLAYER_QUERY,
        hls: { ...text, enum: ['none'], description: 'Say nothing of HLS, which may need the index.' },
        failure: {
          ...text,
          enum: ['inside'],
          description: 'What is wrong with the file is told in error, with its status, by an answer 200.',
        },
      }),
      response: {
        ...answer(
          'hls is ready, pending or unavailable.',
          'application/json',
          object({ ref: text, name: text, container: text, hls: object({ state: text }) }, ['ref']),
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
        absent: ABSENT,
      }),
      response: { ...answer('JPEG.', 'image/jpeg', binary), ...noPicture, ...unchanged, ...MEDIA_ERRORS },
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
];
