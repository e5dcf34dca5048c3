import type { ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from 'fastify';
import { RequestError } from '../errors.js';
import type { ActiveStreams } from './active-streams.js';
import { abortWhenClientLeaves } from './client-leaving.js';
import type { LibraryFile } from './library.js';
import type { MediaFinder } from './media-finder.js';
import type { MediaService, StreamFacts, StreamRequest } from './media-service.js';
import type { ServerMetrics } from './metrics.js';
import { loggedItem } from './record-requests.js';
import { parseStreamQuery } from './stream-query.js';
import { addShortForm } from './short-form-route.js';
import { writeChunks } from './write-chunks.js';

/** What the routes of streams work with. */
export interface StreamRouteOptions {
  readonly library: MediaFinder;
  readonly media: MediaService;
  readonly streams: ActiveStreams;
  /** Those of them whose video is encoded, which keep engines busy for as long as they are read. */
  readonly encodings: ActiveStreams;
  /** How long a client may read nothing before its stream ends, in milliseconds. */
  readonly clientIdleTimeoutMs: number;
  /** Counts streams. */
  readonly metrics?: ServerMetrics;
}

type ChunkList = readonly Uint8Array[];

/** Adds `GET|HEAD /m/<ref>/stream.mp4` and its short form `GET|HEAD /stream.mp4?src=`. */
export function addStreamRoutes(app: FastifyInstance, options: StreamRouteOptions): void {
  app.route<{ Params: { ref: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/stream.mp4',
    handler: async (request, reply) => {
      if (request.raw.httpVersion === '1.0') {
        throw new RequestError(
          'A stream needs HTTP/1.1: HTTP/1.0 cannot tell its end from a broken connection.',
        );
      }
      const wanted = parseStreamQuery(request.query);
      const file = await options.library.resolve(request.params.ref);
      await options.streams.run(async (controller) => {
        try {
          await send(file, wanted, reply, controller, options, request.log);
        } catch (error) {
          if (!reply.raw.destroyed) throw error;
          // Nobody is there to be told, and leaving is not a failure.
          reply.hijack();
        }
      });
      return reply;
    },
  });

  addShortForm(app, options.library, 'stream.mp4');
}

/** Sends one stream. Throws only what happens before the first byte; later failures break the connection. */
async function send(
  file: LibraryFile,
  wanted: StreamRequest,
  reply: FastifyReply,
  controller: AbortController,
  options: StreamRouteOptions,
  log: FastifyBaseLogger,
): Promise<void> {
  const { signal } = controller;
  const response = reply.raw;
  abortWhenClientLeaves(reply, controller);
  await using source = await file.subject.open(signal);
  const stream = options.media.stream(source, {
    ...wanted,
    signal,
    closeSource: false,
    reuseMemory: true,
    log: (record) => {
      const level = record.outcome === 'failed' ? 'warn' : 'info';
      log[level]({ ...loggedItem(file), stream: record }, `stream ${record.outcome}`);
      options.metrics?.countStream(record.outcome);
    },
  });
  const lists = stream.chunks()[Symbol.asyncIterator]();
  try {
    // The first list comes only when the first fragment is made, so that whatever keeps the stream from beginning is
    // still told by a status.
    const [facts, first] = await Promise.all([stream.description, lists.next()]);
    const answer = async (): Promise<void> => {
      reply.hijack();
      response.writeHead(200, headersOf(facts, file));
      if (reply.request.method === 'HEAD') response.end();
      else await sendBody(response, follow(first, lists), options.clientIdleTimeoutMs, signal, log);
    };
    // Admitted as a whole or not at all: once it is being sent, no engine is refused to it.
    await (isEncoded(facts) ? options.encodings.run(answer) : answer());
  } finally {
    controller.abort();
    await lists.return?.();
  }
}

function isEncoded({ tracks }: StreamFacts): boolean {
  return tracks?.some(({ type, action }) => type === 'video' && action === 'transcode') === true;
}

async function sendBody(
  response: ServerResponse,
  lists: AsyncIterable<ChunkList>,
  clientIdleTimeoutMs: number,
  signal: AbortSignal,
  log: FastifyBaseLogger,
): Promise<void> {
  // A client that reads nothing would otherwise hold up whoever ends the stream.
  const breakOff = (): void => void response.destroy();
  signal.addEventListener('abort', breakOff);
  try {
    await writeChunks(response, lists, clientIdleTimeoutMs);
    signal.removeEventListener('abort', breakOff);
    response.end();
  } catch (error) {
    // Without the terminating chunk the client knows that this is not the end.
    response.destroy();
    log.debug({ err: error }, 'stream broken off');
  }
}

async function* follow(
  first: IteratorResult<ChunkList>,
  lists: AsyncIterator<ChunkList>,
): AsyncGenerator<ChunkList, void> {
  for (let next = first; next.done !== true; next = await lists.next()) yield next.value;
}

function headersOf(facts: StreamFacts, file: LibraryFile): Record<string, string> {
  const name = `${file.name.replace(/\.[^.]*$/, '')}.mp4`;
  return {
    'content-type': facts.mimeType,
    'content-disposition': `inline; filename*=UTF-8''${encodeExtended(name)}`,
    // Made anew for each request: nothing to keep, and no byte offsets that would hold the next time.
    'cache-control': 'no-store',
    'accept-ranges': 'none',
    'x-segmint-start-ms': milliseconds(facts.trueStartMs),
    ...(facts.sourceDurationMs === undefined
      ? {}
      : { 'x-segmint-source-duration-ms': milliseconds(facts.sourceDurationMs) }),
  };
}

/** To the microsecond, without a long tail of binary digits. */
function milliseconds(ms: number): string {
  return String(Math.round(ms * 1000) / 1000);
}

/** Percent-encodes a header parameter's extended value: RFC 8187, section 3.2.1. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
