import fastify, { LogController, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { SegmentService } from '../delivery/segment-service.js';
import type { StillService } from '../delivery/still-service.js';
import type { SegmentStore } from '../delivery/segment-store.js';
import { OverloadedError } from '../errors.js';
import { ActiveStreams } from './active-streams.js';
import { ApiKeys } from './auth-keys.js';
import { guardAccess, isRestricted, takeSignature, type AccessPolicy } from './auth.js';
import { addBrowseRoutes } from './browse-route.js';
import { allowOrigins } from './cross-origin.js';
import { addDashRoutes } from './dash-route.js';
import { DescriptionCache } from './description-cache.js';
import { ClientErrors } from './client-errors.js';
import { isOfLeaver } from './client-leaving.js';
import { errorResponse } from './error-response.js';
import { createHostGuard } from './host-guard.js';
import { addHlsRoutes } from './hls-route.js';
import { addInfoRoutes } from './info-route.js';
import { Library } from './library.js';
import { LoopTurns } from './loop-turns.js';
import type { MediaFinder } from './media-finder.js';
import type { MediaService } from './media-service.js';
import { ServerMetrics } from './metrics.js';
import { OpenAnswers } from './open-answers.js';
import { describeRoutes } from './openapi.js';
import { addOperationsRoutes, type MetricsAudience } from './operations-route.js';
import { Readiness } from './readiness.js';
import { recordRequests, requestIdOf } from './record-requests.js';
import { notFound } from './reference.js';
import { addFolderPictureRoute, addPosterRoute } from './poster-route.js';
import { limitClients, refuseUnfit, SERVER_LIMITS, type ClientLimits } from './request-limits.js';
import { SideCars } from './side-cars.js';
import { addStreamRoutes } from './stream-route.js';
import { addSubtitleRoutes } from './subtitle-route.js';
import { addThumbnailRoutes } from './thumbnail-route.js';
import { VobsubFiles } from './vobsub-files.js';
import { takeTurns } from './take-turns.js';
import { trustProxies } from './trusted-proxies.js';

/** What the server is made of. */
export interface ServerOptions {
  /** What it serves: a library, which people look through on a page, or what an app finds. */
  readonly library: MediaFinder;
  /** What turns files into streams; not owned. */
  readonly media: MediaService;
  /** What gives segments; not owned. Without it no HLS is served. */
  readonly segments?: SegmentService;
  /** What gives posters and thumbnails; not owned. Without it, or without segments, there are none. */
  readonly stills?: StillService | undefined;
  /** Keeps what was found out about items beyond the end of the program; not owned. */
  readonly store?: SegmentStore;
  /** Takes its records. */
  readonly log: Logger;
  /** Host name or address that it listens on, which says under what names it may be asked; any, when absent. */
  readonly listensOn?: string | undefined;
  /** Further names under which it may be asked, such as that of a proxy. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Addresses and ranges of proxies whose word counts from where, and under what name, a request came; none by default. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Who may ask for what; everyone for everything by default. */
  readonly access?: AccessPolicy | undefined;
  /** What one address may take. */
  readonly limits?: ClientLimits | undefined;
  /** Origins whose pages may frame the page, as browsers name them; none by default. */
  readonly embedders?: readonly string[] | undefined;
  /**
   * Origins whose pages may read what is served, as browsers name them: `https://player.example`; `*` for all. None by
   * default.
   */
  readonly corsOrigins?: readonly string[];
  /** How many streams are sent at a time; 64 by default. */
  readonly maxStreams?: number | undefined;
  /** How many of them may be streams whose video is encoded; all of them by default. */
  readonly maxEncodedStreams?: number | undefined;
  /** Counts what is done; one of its own by default. */
  readonly metrics?: ServerMetrics | undefined;
  /** Who may read the metrics when no key is asked for; this machine by default. */
  readonly metricsAudience?: MetricsAudience | undefined;
  /** Tells whether the server can do its work; always, when absent. */
  readonly readiness?: Readiness | undefined;
  /** How long closing waits for answers that are under way, in milliseconds; not at all by default. */
  readonly shutdownTimeoutMs?: number | undefined;
  /** How many playlists and segments are waited for or sent at a time; 1024 by default. */
  readonly maxAnswers?: number;
  /** How long a client may read nothing before its stream ends, in milliseconds; ten minutes by default. */
  readonly clientIdleTimeoutMs?: number;
}

/** Posters and sprites that are waited for or sent at a time. */
const MAX_PICTURES = 256;

/** Pages that are told of news in the library at a time, each over a connection of its own. */
const MAX_LISTENERS = 256;

/** Longest `<ref>`: base64 of the longest path. Node refuses longer requests by itself. */
const MAX_PARAM_LENGTH = 12_000;

/** Headers of every answer, the hijacked ones of streams included. */
const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // No other site's page may embed what is served here: it could tell from it what the library holds.
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Builds the HTTP interface. Closing it ends all streams and waits for them.
 * @param options - what it serves, and its limits.
 * @returns a server that does not listen yet.
 */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const isProxy = trustProxies(options.trustedProxies ?? []);
  const clientErrors = new ClientErrors(COMMON_HEADERS);
  const app = fastify({
    trustProxy: isProxy,
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    // Whoever watches over a server asks so, and a client that wants to know of a thing before it gets it.
    exposeHeadRoutes: true,
    forceCloseConnections: true,
    // Closing takes as long as it is told to, and no longer.
    pluginTimeout: 0,
    // Those who ask while it ends are told in the form of all errors.
    return503OnClosing: false,
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    ...SERVER_LIMITS,
    rewriteUrl: takeSignature,
    // What cannot even be routed is answered like everything else.
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = errorResponse(error);
      reply.hijack();
      const headers = { ...COMMON_HEADERS, 'content-type': 'application/json; charset=utf-8' };
      reply.raw.writeHead(status, headers).end(JSON.stringify(body));
    },
    clientErrorHandler: (error, socket) => clientErrors.answer(error, socket),
  }) as unknown as FastifyInstance;
  const streams = new ActiveStreams(options.maxStreams ?? 64);
  const encodings = new ActiveStreams(options.maxEncodedStreams ?? Infinity);
  const answers = new ActiveStreams(options.maxAnswers ?? 1024);
  const listeners = new ActiveStreams(MAX_LISTENERS);
  // Pictures wait while there is playback to serve: they must not use up the room for its answers.
  const pictures = new ActiveStreams(MAX_PICTURES);
  const open = new OpenAnswers();
  const metrics = options.metrics ?? new ServerMetrics();
  const readiness = options.readiness ?? new Readiness([]);
  const access = options.access ?? { keys: new ApiKeys([]), secrets: [] };
  let isEnding = false;
  const clientIdleTimeoutMs = options.clientIdleTimeoutMs ?? 600_000;

  recordRequests(app, (facts) => metrics.countAnswer(facts));
  const { listensOn, allowedHosts: allowed = [] } = options;
  const checkHost = listensOn === undefined ? () => undefined : createHostGuard({ listensOn, allowed });
  app.addHook('onRequest', (request, reply, done) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) reply.raw.setHeader(name, value);
    checkHost(request.host);
    if (isEnding && request.routeOptions.url !== '/healthz') {
      throw new OverloadedError('The server is shutting down.');
    }
    open.add(reply.raw);
    clientErrors.add(reply);
    done();
  });
  takeTurns(app, new LoopTurns());
  allowOrigins(app, options.corsOrigins ?? []);
  refuseUnfit(app);
  await limitClients(app, options.limits ?? {}, isProxy);
  guardAccess(app, access);
  await describeRoutes(app);
  app.addHook('preClose', async () => {
    isEnding = true;
    await listeners.close();
    await open.settle(options.shutdownTimeoutMs ?? 0, streams);
    await Promise.all([streams.close(), answers.close(), pictures.close()]);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const { status, headers, body } = errorResponse(error);
    // That there is too much to do is no fault, and the record of the answer tells it.
    if (status >= 500 && body.error.code !== 'overloaded' && !isOfLeaver(error))
      request.log.error({ err: error }, 'request failed');
    return await reply.status(status).headers(headers).header('cache-control', 'no-store').send(body);
  });
  app.setNotFoundHandler(() => {
    throw notFound();
  });

  metrics.addGauge('segmint_active_streams', 'Streams that are being sent', () => streams.size);
  metrics.addGauge('segmint_active_answers', 'Playlists and segments being made or sent', () => answers.size);
  addOperationsRoutes(app, {
    readiness,
    metrics,
    audience: options.metricsAudience ?? 'local',
    isRestricted: isRestricted(access),
    health: () => ({ status: isEnding ? 'ending' : 'ok', streams: streams.size, answers: answers.size }),
  });
  const descriptions = new DescriptionCache(options.media);
  const sideCars = new SideCars();
  const vobsub = new VobsubFiles();
  addInfoRoutes(app, options.library, descriptions, options, { sideCars, vobsub });
  addStreamRoutes(app, {
    library: options.library,
    media: options.media,
    streams,
    encodings,
    clientIdleTimeoutMs,
    metrics,
  });
  if (options.segments !== undefined) {
    const { library, segments, stills } = options;
    addHlsRoutes(app, { library, segments, answers, clientIdleTimeoutMs, metrics, sideCars });
    addSubtitleRoutes(app, { library, segments, answers, clientIdleTimeoutMs, sideCars, vobsub });
    addDashRoutes(app, { library, segments, answers, sideCars });
    if (stills !== undefined) {
      addThumbnailRoutes(app, { library, segments, answers: pictures, stills });
      addPosterRoute(app, { library, stills, answers: pictures });
      if (options.library instanceof Library)
        addFolderPictureRoute(app, { library: options.library, stills, answers: pictures });
    }
  }
  // What an app finds by its own names is not ours to list.
  if (options.library instanceof Library) {
    const { library, store, embedders = [] } = options;
    await addBrowseRoutes(app, { library, descriptions, store, embedders, metrics, listeners });
  }
  return app;
}
