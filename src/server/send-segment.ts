import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { DeliveredSegment } from '../delivery/delivery-record.js';
import { parseByteRange, type ByteRange } from './byte-range.js';
import { divideChunks } from './chunk-lists.js';
import { writeServerTiming } from './server-timing.js';
import { writeChunks } from './write-chunks.js';

/** How a segment is labelled. */
export interface SegmentLabel {
  /** Its media type. */
  readonly contentType: string;
  /** Its entity tag; undefined where nothing tells one version of it from another, and nobody may keep it. */
  readonly tag: string | undefined;
  /** Who may keep it: `private` where not everyone may have it. */
  readonly scope: 'public' | 'private';
}

/** Headers that a segment and the answer that it has not changed share. */
export function cacheHeaders({ tag, scope }: SegmentLabel): Record<string, string> {
  return tag === undefined
    ? { 'cache-control': 'no-store' }
    : { 'cache-control': `${scope}, max-age=31536000, immutable`, etag: tag };
}

/**
 * Sends a segment that is whole, or the range of it that was asked for. Settles when it has gone to the system.
 * @param reply - where to; sent past the framework, as fast as the client reads.
 * @param segment - its bytes.
 * @param label - what is said of it.
 * @param clientIdleTimeoutMs - how long a client may read nothing.
 * @returns whether all of it was sent; the connection is broken otherwise.
 */
export async function sendSegment(
  reply: FastifyReply,
  segment: DeliveredSegment,
  label: SegmentLabel,
  clientIdleTimeoutMs: number,
): Promise<boolean> {
  const { byteLength } = segment;
  const range = rangeOf(reply, label, byteLength);
  const response = reply.raw;
  reply.hijack();
  const common = {
    ...cacheHeaders(label),
    'accept-ranges': label.tag === undefined ? 'none' : 'bytes',
    'server-timing': writeServerTiming(segment.record),
  };
  if (range === 'unsatisfiable') {
    // Whatever keeps what may be kept for good must not keep this in the segment's place.
    const refusal = { 'cache-control': 'no-store', 'content-range': `bytes */${byteLength}` };
    response.writeHead(416, { ...refusal, 'content-length': 0 });
    response.end();
    return true;
  }
  const { start, end } = range ?? { start: 0, end: byteLength };
  response.writeHead(range === undefined ? 200 : 206, {
    ...common,
    'content-type': label.contentType,
    'content-length': end - start,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${byteLength}` }),
  });
  if (reply.request.method === 'HEAD') {
    response.end();
    return true;
  }
  return await sendBody(response, segment.chunks, { start, end }, clientIdleTimeoutMs);
}

/** A range is of use only where its parts can be told to belong together: by the tag. */
function rangeOf(
  { request }: FastifyReply,
  { tag }: SegmentLabel,
  byteLength: number,
): ByteRange | 'unsatisfiable' | undefined {
  const condition = request.headers['if-range'];
  if (tag === undefined || request.method !== 'GET') return undefined;
  if (condition !== undefined && condition !== tag) return undefined;
  return parseByteRange(request.headers.range, byteLength);
}

async function sendBody(
  response: ServerResponse,
  chunks: readonly Uint8Array[],
  range: ByteRange,
  clientIdleTimeoutMs: number,
): Promise<boolean> {
  try {
    const isTaken = await writeChunks(response, divideChunks(chunks, range), clientIdleTimeoutMs);
    if (!isTaken || response.destroyed) return false;
    response.end();
    return true;
  } catch {
    // It read nothing for too long; with fewer bytes than were promised, it knows that this is not the end.
    response.destroy();
    return false;
  }
}
