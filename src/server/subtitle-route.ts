import type { FastifyInstance, FastifyReply } from 'fastify';
import { RequestError } from '../errors.js';
import type { SubtitleFileForm } from '../pipelines/subtitles/source-subtitles.js';
import type { TimeRange } from '../pipelines/subtitles/shown-sample.js';
import { parseTimeMs } from '../time/parse-time.js';
import { answerWithMedia, type MediaAnswerOptions, type MediaInquiry } from './media-answer.js';
import { notFound } from './reference.js';
import { SendableText } from './send-text.js';
import type { SideCars } from './side-cars.js';
import type { VobsubFiles } from './vobsub-files.js';
import { writeChunks } from './write-chunks.js';

/** What the routes of subtitles work with. */
export interface SubtitleRouteOptions extends MediaAnswerOptions {
  /** How long a client may read nothing before it is given up, in milliseconds. */
  readonly clientIdleTimeoutMs: number;
  /** Finds the subtitles beside media. */
  readonly sideCars: SideCars;
  /** Finds those of pictures. */
  readonly vobsub: VobsubFiles;
}

const TYPES: Readonly<Record<SubtitleFileForm, string>> = {
  vtt: 'text/vtt; charset=utf-8',
  ass: 'text/x-ssa; charset=utf-8',
  sup: 'application/octet-stream',
  idx: 'text/plain; charset=utf-8',
  sub: 'application/octet-stream',
};

/**
 * Adds `/m/<ref>/subtitles/<id>.<form>`, whole or from `?start=` to `?end=`, and `/m/<ref>/attachments/<n>`; each for GET
 * and HEAD. What is long is sent as it is read, and no faster than the client takes it.
 */
export function addSubtitleRoutes(app: FastifyInstance, options: SubtitleRouteOptions): void {
  app.route<{ Params: { ref: string; subtitle: string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/subtitles/:subtitle',
    handler: async (request, reply) => {
      const { ref, subtitle } = request.params;
      const { id, form } = parseSubtitleFile(subtitle);
      const range = parseRange(request.query);
      return await answerWithMedia(ref, reply, options, async (inquiry) => {
        const isPair = id.startsWith('f') && (form === 'idx' || form === 'sub');
        if (isPair) await sendPair(inquiry, { id, form }, range, reply, options);
        else if (id.startsWith('f')) await sendSideCar(inquiry, { id, form }, range, reply, options.sideCars);
        else await sendTrack(inquiry, { id, form }, range, reply, options.clientIdleTimeoutMs);
      });
    },
  });

  app.route<{ Params: { ref: string; number: string } }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/attachments/:number',
    handler: async (request, reply) => {
      const { ref, number } = request.params;
      if (!/^(0|[1-9]\d{0,4})$/.test(number)) throw notFound();
      return await answerWithMedia(ref, reply, options, (inquiry) =>
        sendAttachment(inquiry, Number(number), reply, options.clientIdleTimeoutMs),
      );
    },
  });
}

/** A subtitle in one of its forms. */
interface SubtitleFile {
  readonly id: string;
  readonly form: SubtitleFileForm;
}

function parseSubtitleFile(file: string): SubtitleFile {
  const [, id, form] = /^([tf][0-9a-f]{1,16})\.(vtt|ass|sup|idx|sub)$/.exec(file) ?? [];
  if (id === undefined) throw notFound();
  return { id, form: form as SubtitleFileForm };
}

function parseRange(query: Readonly<Record<string, unknown>>): TimeRange {
  const startMs = timeIn(query, 'start') ?? 0;
  const endMs = timeIn(query, 'end') ?? Infinity;
  if (endMs <= startMs) throw new RequestError('The parameter end must be a time after start.');
  return { startMs, endMs };
}

function timeIn(query: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const timeMs = typeof text === 'string' ? parseTimeMs(text) : undefined;
  if (timeMs === undefined)
    throw new RequestError(`The parameter ${name} must be a time, such as 90 or 1:30.`);
  return timeMs;
}

async function sendSideCar(
  { file, signal }: MediaInquiry,
  { id, form }: SubtitleFile,
  range: TimeRange,
  reply: FastifyReply,
  sideCars: SideCars,
): Promise<void> {
  const { sideCar } = await sideCars.open(file.subject, id, { signal });
  const text = form === 'vtt' ? sideCar.webvtt(range) : form === 'ass' ? sideCar.original : undefined;
  if (text === undefined) throw notFound();
  await new SendableText(text, TYPES[form]).send(reply, true);
}

/** Sends the index of a VobSub pair beside the media, or its pictures. */
async function sendPair(
  { file, signal }: MediaInquiry,
  { id, form }: SubtitleFile,
  range: TimeRange,
  reply: FastifyReply,
  { vobsub, clientIdleTimeoutMs }: SubtitleRouteOptions,
): Promise<void> {
  const { pair, stream, pictures } = await vobsub.open(file.subject, id, { signal });
  await using source = await pictures.open({ signal });
  if (form === 'idx') {
    await new SendableText(pair.writeIndex(stream, range, source.size ?? 0), TYPES.idx).send(reply, true);
    return;
  }
  const chunks = pair.readPacks(stream, range, source, { signal });
  const headers = { 'content-type': TYPES.sub, 'cache-control': 'no-cache', 'accept-ranges': 'none' };
  await sendChunks(reply, chunks, headers, clientIdleTimeoutMs);
}

async function sendTrack(
  { loan, signal }: MediaInquiry,
  { id, form }: SubtitleFile,
  range: TimeRange,
  reply: FastifyReply,
  clientIdleTimeoutMs: number,
): Promise<void> {
  const chunks = loan.media.subtitles?.file(id, form, range, { signal });
  if (chunks === undefined) throw notFound();
  const headers = { 'content-type': TYPES[form], 'cache-control': 'no-cache', 'accept-ranges': 'none' };
  await sendChunks(reply, chunks, headers, clientIdleTimeoutMs);
}

async function sendAttachment(
  { loan, signal }: MediaInquiry,
  number: number,
  reply: FastifyReply,
  clientIdleTimeoutMs: number,
): Promise<void> {
  const { attachments } = loan.media;
  if (attachments === undefined) throw notFound();
  const { mimeType, size } = attachments.describe(number);
  const headers = {
    'content-type': mimeType,
    'content-length': String(size),
    'cache-control': 'no-cache',
    // What a browser would make of it, were somebody to open it, is nothing.
    'content-disposition': 'attachment',
    'content-security-policy': "default-src 'none'; sandbox",
  };
  await sendChunks(reply, attachments.read(number, { signal }), headers, clientIdleTimeoutMs);
}

/** Sends what is made while it is sent. Until the first of it is there, what goes wrong is told by a status. */
async function sendChunks(
  reply: FastifyReply,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  headers: Readonly<Record<string, string>>,
  clientIdleTimeoutMs: number,
): Promise<void> {
  const response = reply.raw;
  try {
    const first = await chunks.next();
    reply.hijack();
    response.writeHead(200, headers);
    if (reply.request.method === 'HEAD') {
      response.end();
      return;
    }
    await writeChunks(response, asLists(first, chunks), clientIdleTimeoutMs);
    if (!response.destroyed) response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    // Without its end the client knows that this is not all.
    response.destroy();
    reply.log.debug({ err: error }, 'subtitles broken off');
  } finally {
    await chunks.return();
  }
}

async function* asLists(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  for (let next = first; next.done !== true; next = await rest.next()) yield [next.value];
}
