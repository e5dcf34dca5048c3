import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { MemorySegmentStore } from '../../src/delivery/memory-segment-store.js';
import { createScheduler } from '../../src/delivery/create-scheduler.js';
import { SegmentService } from '../../src/delivery/segment-service.js';
import type { EnginePool } from '../../src/engine/pool.js';
import { streamTranscodeUniversal } from '../../src/pipelines/universal.js';
import { describeMedia } from '../../src/pipelines/describe.js';
import { openSegmented } from '../../src/pipelines/segment/open-segmented.js';
import { buildServer } from '../../src/server/app.js';
import { Library } from '../../src/server/library.js';
import { addHarnessRoutes } from './harness-routes.js';

/** An answer of the server. */
export interface Answered {
  /** Path and query. */
  readonly url: string;
  readonly status: number;
}

/** A real server with the page of the harness, on loopback. */
export interface HlsServer extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** Path of each file's master playlist, in the order of the paths. */
  readonly masters: readonly string[];
  /** References of the files. */
  readonly refs: readonly string[];
  /** What was answered so far. */
  readonly answers: readonly Answered[];
  /** What was asked last, and what of it is still without an answer: the story of a wait that was in vain. */
  tellRequests(): string;
}

/** Serves files as HLS, and the harness. */
export async function startHlsServer(paths: readonly string[], engine: EnginePool): Promise<HlsServer> {
  const segments = new SegmentService({
    open: (source, options) => openSegmented(source, { ...options, engine, closeSource: false }),
    store: new MemorySegmentStore(256 * 2 ** 20),
    shelf: { maxOpen: 8, idleMs: 60_000 },
    scheduler: createScheduler({ engine, cores: 2, maxHeldBytes: 256 * 2 ** 20 }),
  });
  const library = await Library.open(paths);
  const { items } = await library.list();
  const app = await buildServer({
    library,
    segments,
    media: {
      stream: (source, options) => streamTranscodeUniversal(source, { ...options, engine }),
      describe: describeMedia,
    },
    log: pino({ level: 'silent' }),
    listensOn: '127.0.0.1',
  });
  await addHarnessRoutes(app);
  const answers: Answered[] = [];
  const requests = tellRequests(app);
  app.addHook('onResponse', (request, reply, done) => {
    answers.push({ url: request.url, status: reply.statusCode });
    done();
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0, listenTextResolver: () => 'listening' });
  const refs = items.map(({ ref }) => ref);
  return {
    url,
    refs,
    masters: refs.map((ref) => `/m/${ref}/master.m3u8`),
    answers,
    tellRequests: requests,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await segments[Symbol.asyncDispose]();
    },
  };
}

/** Keeps the last requests, each with when it came and when its answer was sent, or was given up. */
function tellRequests(app: FastifyInstance): () => string {
  const last: { url: string; from: number; to?: string }[] = [];
  const seconds = (): number => Math.round(performance.now()) / 1000;
  app.addHook('onRequest', (request, reply, done) => {
    const entry: (typeof last)[number] = { url: request.url, from: seconds() };
    last.push(entry);
    if (last.length > 40) last.shift();
    reply.raw.once('close', () => {
      entry.to = `${reply.statusCode} at ${seconds()}${reply.raw.writableFinished ? '' : ', given up'}`;
    });
    done();
  });
  return () => {
    const told = last.map(({ url, from, to = 'without an answer' }) => `${from} ${url}: ${to}`);
    return [`now ${seconds()}`, ...told].join('\n');
  };
}

/** Where the segments of the video rendition begin, in seconds, and the end of the last one: from its playlist. */
export async function videoCuts({ url }: HlsServer, master: string): Promise<number[]> {
  const text = async (path: URL): Promise<string> => await (await fetch(path)).text();
  const at = new URL(master, url);
  const variant = (await text(at)).split('\n').find((line) => line !== '' && !line.startsWith('#'))!;
  const playlist = await text(new URL(variant, at));
  const cuts = [0];
  for (const [, seconds] of playlist.matchAll(/^#EXTINF:([\d.]+)/gm))
    cuts.push(cuts.at(-1)! + Number(seconds));
  return cuts;
}
