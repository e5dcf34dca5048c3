import pino from 'pino';
import { createDelivery } from '../delivery/create-delivery.js';
import { CountedSegmentStore } from '../delivery/counted-segment-store.js';
import { createEnginePool } from '../engine/pool.js';
import { describeMedia } from '../pipelines/describe.js';
import { streamTranscodeUniversal } from '../pipelines/universal.js';
import { isUrl } from '../io/open-source.js';
import { ApiKeys } from '../server/auth-keys.js';
import { isLoopback } from '../server/host-guard.js';
import { Library } from '../server/library.js';
import { startServer } from '../server/listen.js';
import { ServerMetrics } from '../server/metrics.js';
import { Readiness } from '../server/readiness.js';
import type { Settings } from './config/settings.js';
import { demoClip } from './demo-clip.js';
import { escapeLines } from './log-lines.js';
import { openStore } from './open-store.js';
import { loadOpeners } from './plugins.js';
import { createRemoteAccess } from './remote-access.js';
import type { Terminal } from './terminal.js';
import { engineCheck, storeCheck, watchParts } from './watch-server.js';

/** Streams whose video is encoded, for each engine: more would not come as fast as they play. */
const ENCODED_STREAMS_PER_ENGINE = 2;

/** Jobs that wait for an engine: far more than the streams and segments have that are admitted, so that none is refused. */
const MAX_ENGINE_JOBS = 100_000;

/** Encoders would keep the server itself from every core: whoever is sent what is made already goes first, three to one. */
const ENGINE_NICENESS = 5;

/**
 * `segmint serve`: serves folders and files until the signal ends it.
 * @param settings - all of them.
 * @param version - of this program.
 * @param terminal - where the address is told. Records go to standard error.
 * @param signal - ends it, which is not a failure.
 */
export async function serve(
  settings: Settings,
  version: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  // Whoever reads the records slowly must not hold up the server: beyond this many bytes that wait, they are dropped.
  const records = pino.destination({ dest: 2, sync: false, maxLength: 8 << 20 });
  const log = pino({ level: settings.logLevel, base: null }, escapeLines(records));
  await using engine = createEnginePool({
    videoEncoder: settings.encoder,
    size: settings.engines,
    memoryLimitBytes: settings.engineMemory,
    maxQueued: MAX_ENGINE_JOBS,
    niceness: ENGINE_NICENESS,
  });
  await engine.videoEncoders.checkChoice();
  const { roots } = settings;
  if (roots.length === 0) terminal.complain('Nothing was named to serve: serving a demo clip.');
  const named = roots.length === 0 ? [await demoClip(engine, version, signal)] : roots;
  await using remote = createRemoteAccess(named.filter(isUrl), settings, await loadOpeners(settings.plugin));
  const library = await Library.open(named, remote.library);
  signal.throwIfAborted();
  const opened = await openStore(settings, log);
  await using store = new CountedSegmentStore(opened.store);
  await using delivery = createDelivery({
    engine,
    store,
    prefetch: settings.store !== 'none' && (settings.store !== 'memory' || settings.cacheSize > 0),
    scanBytes: settings.scanSize,
    onStoreError: (error) => log.warn({ err: error }, 'segment store failed'),
  });
  const { segments, stills, scheduler } = delivery;
  const metrics = new ServerMetrics();
  watchParts(metrics, { engine, scheduler, segments, store });
  metrics.addGauge('segmint_store_memory_bytes', 'What is kept in memory', opened.memoryBytes);
  if (opened.diskBytes)
    metrics.addGauge('segmint_store_disk_bytes', 'What is kept on disk', opened.diskBytes);
  const checks = [engineCheck(engine), ...(opened.behind === undefined ? [] : [storeCheck(opened.behind)])];
  await using server = await startServer({
    library,
    media: {
      stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
      describe: (source, wanted) => describeMedia(source, { ...wanted, engine }),
    },
    segments,
    stills,
    store,
    corsOrigins: settings.cors,
    access: { keys: new ApiKeys(settings.apiKey), secrets: settings.linkSecret },
    allowedHosts: settings.allowedHost,
    trustedProxies: settings.trustProxy,
    embedders: settings.embed,
    log,
    metrics,
    metricsAudience: settings.metrics,
    readiness: new Readiness(checks),
    maxStreams: settings.maxStreams,
    limits: settings,
    maxEncodedStreams: ENCODED_STREAMS_PER_ENGINE * engine.stats.pids.length,
    shutdownTimeoutMs: settings.shutdownTimeout,
    host: settings.host,
    port: settings.port,
    isPublic: settings.public,
  });
  const isKeyless = settings.apiKey.length === 0 && settings.linkSecret.length === 0;
  if (isKeyless && !isLoopback(settings.host)) {
    terminal.complain(
      'Everyone who reaches this address can see everything that is served: no key is asked for.',
    );
  }
  terminal.print(`segmint serves at ${server.url} (Ctrl+C to stop)`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  log.info('ending: what is being made and sent is waited for');
}
