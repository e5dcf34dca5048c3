import { ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import { isVersioned, type SegmentName } from '../delivery/segment-order.js';
import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { parseRenditionId } from '../pipelines/segment/rendition-id.js';
import { isNoneMatchMet, tagOfNames } from './entity-tag.js';
import { answerWithMedia, type MediaAnswerOptions, type MediaInquiry } from './media-answer.js';
import { parsePlayerQuery } from './player-query.js';
import type { ServerMetrics } from './metrics.js';
import { loggedItem } from './record-requests.js';
import { notFound } from './reference.js';
import { PlaylistSender, queryOf } from './send-playlist.js';
import { cacheHeaders, sendSegment, type SegmentLabel } from './send-segment.js';
import { addShortForm } from './short-form-route.js';
import { answerSideCar, isSideCarRendition, modelSideCars } from './side-car-answer.js';
import type { SideCars } from './side-cars.js';

/** What the routes of HLS work with. */
export interface HlsRouteOptions extends MediaAnswerOptions {
  /** How long a client may read nothing before it is given up, in milliseconds. */
  readonly clientIdleTimeoutMs: number;
  /** Finds the subtitles beside media. */
  readonly sideCars: SideCars;
  /** Counts segments. */
  readonly metrics?: ServerMetrics;
}

const HLS_TYPE = 'application/vnd.apple.mpegurl';

/** A player that pauses does so between segments; one that stops within is gone, and what it holds is for others. */
const SEGMENT_IDLE_MS = 60_000;

/**
 * Adds the routes of HLS, each for GET and HEAD: `/m/<ref>/master.m3u8` with its short form `/master.m3u8?src=`, and
 * `/m/<ref>/<rendition>/` with `playlist.m3u8`, `init.mp4` and `<n>.m4s`, or `<n>.vtt` of subtitles.
 */
export function addHlsRoutes(app: FastifyInstance, options: HlsRouteOptions): void {
  const playlists = new PlaylistSender();
  app.route<{ Params: { ref: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/master.m3u8',
    handler: async (request, reply) => {
      const target = parsePlayerQuery(request.query);
      return await answerWithMedia(request.params.ref, reply, options, async ({ file, loan }) => {
        const beside = modelSideCars(await options.sideCars.list(file.subject));
        const name = `master ${queryOf(request.url)} ${beside.map(({ uri }) => uri).join(' ')}`;
        const write = (media: SegmentedMedia): string => media.masterPlaylist(target, beside);
        await playlists.send(reply, loan, { name, type: HLS_TYPE, write });
      });
    },
  });

  app.route<{ Params: { ref: string; rendition: string; file: string } }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/:rendition/:file',
    handler: async (request, reply) => {
      const { ref, rendition, file } = request.params;
      const wanted = parseRenditionFile(rendition, file);
      return await answerWithMedia(ref, reply, options, async (inquiry) => {
        if (isSideCarRendition(rendition)) {
          await answerSideCar(inquiry, rendition, wanted, reply, { playlists, sideCars: options.sideCars });
          return;
        }
        if (wanted !== 'playlist') {
          await answerSegment(inquiry, rendition, wanted, reply, options, request.log);
          return;
        }
        options.segments.check(inquiry.loan, rendition);
        const write = (media: SegmentedMedia): string => media.mediaPlaylist(rendition);
        await playlists.send(reply, inquiry.loan, { name: rendition, type: HLS_TYPE, write });
      });
    },
  });

  addShortForm(app, options.library, 'master.m3u8');
}

async function answerSegment(
  { file, loan, signal }: MediaInquiry,
  rendition: string,
  name: SegmentName,
  reply: FastifyReply,
  { segments, clientIdleTimeoutMs, metrics }: HlsRouteOptions,
  log: FastifyBaseLogger,
): Promise<void> {
  segments.check(loan, rendition, name);
  const kind = name === 'init' ? 'init' : segmentKindOf(rendition);
  const label: SegmentLabel = {
    contentType: CONTENT_TYPES[segmentKindOf(rendition)],
    tag: isVersioned(loan) ? tagOfNames(rendition, name) : undefined,
    scope: reply.server.cacheScope,
  };
  if (label.tag !== undefined && isNoneMatchMet(reply.request.headers['if-none-match'], label.tag)) {
    await reply.status(304).headers(cacheHeaders(label)).send();
    return;
  }
  using segment = await segments.segment(loan, rendition, name, signal);
  // Hundreds may have waited for this one.
  await reply.server.turns.pass();
  const idleTimeoutMs = Math.min(clientIdleTimeoutMs, SEGMENT_IDLE_MS);
  const isSent = await sendSegment(reply, segment, label, idleTimeoutMs);
  // What an app's HTTP/2 connection has yet to send of a stream that ended, nothing tells.
  if (isSent && reply.raw instanceof ServerResponse) segment.giveBack();
  const record = { ...segment.record, rendition, segment: name, isSent };
  log.info({ ...loggedItem(file), segment: record }, 'segment delivered');
  metrics?.countSegment(kind, segment.record);
}

/** Media types by what a rendition carries. */
const CONTENT_TYPES = {
  video: 'video/mp4',
  audio: 'audio/mp4',
  subtitle: 'text/vtt; charset=utf-8',
} as const;

function segmentKindOf(rendition: string): keyof typeof CONTENT_TYPES {
  return parseRenditionId(rendition)?.name.type ?? 'subtitle';
}

/**
 * @returns what a file of a rendition's folder is.
 * @throws {RequestError} `not_found` when there is never such a file.
 */
function parseRenditionFile(rendition: string, file: string): 'playlist' | SegmentName {
  if (file === 'playlist.m3u8') return 'playlist';
  if (file === 'init.mp4' && segmentKindOf(rendition) !== 'subtitle') return 'init';
  const [, number, type] = /^(0|[1-9]\d{0,8})\.(m4s|vtt)$/.exec(file) ?? [];
  // Each rendition has segments of one type, and none is there under two names.
  const isSubtitle = segmentKindOf(rendition) === 'subtitle';
  if (number === undefined || (type === 'vtt') !== isSubtitle) throw notFound();
  return Number(number);
}
