import { availableParallelism, totalmem } from 'node:os';
import pino from 'pino';
import { createScheduler } from '../delivery/create-scheduler.js';
import { SegmentService } from '../delivery/segment-service.js';
import { WorkMeter } from '../delivery/work-meter.js';
import { createEnginePool } from '../engine/pool.js';
import { describeMedia } from '../pipelines/describe.js';
import { openSegmented } from '../pipelines/segment/open-segmented.js';
import { streamTranscodeUniversal } from '../pipelines/universal.js';
import { isUrl } from '../io/open-source.js';
import { Library } from '../server/library.js';
import { startServer } from '../server/listen.js';
import { demoClip } from './demo-clip.js';
import type { EncoderOption } from './open-engines.js';
import { openStore, type StoreOptions } from './open-store.js';
import { loadOpeners } from './plugins.js';
import { createRemoteAccess, type RemoteAccessOptions } from './remote-access.js';
import type { Terminal } from './terminal.js';

/** Options of {@link serve}. */
export interface ServeOptions extends EncoderOption, RemoteAccessOptions, StoreOptions {
  /** Port; 0 for any free one. */
  readonly port: number;
  /** Host name or address to listen on. */
  readonly host: string;
  /** Origins whose pages may read what is served. */
  readonly cors?: readonly string[];
  /** Least severe records to write. */
  readonly logLevel: string;
  /** Modules that open further kinds of sources. */
  readonly plugin?: readonly string[];
}

/** An open media holds its index and a file: some hundred KB, and a minute covers a player's pauses between requests. */
const shelf = { maxOpen: 32, idleMs: 60_000 };

/** Share of the machine's memory for segments that are being made and sent. */
const HELD_SHARE = 0.25;

/** Jobs that wait for an engine: far more than the streams and segments have that are admitted, so that none is refused. */
const MAX_ENGINE_JOBS = 100_000;

/**
 * `segmint serve`: serves folders and files until the signal ends it.
 * @param roots - folders, files and URLs; a clip of its own when there are none.
 * @param options - as parsed.
 * @param version - of this program.
 * @param terminal - where the address is told. Records go to standard error.
 * @param signal - ends it, which is not a failure.
 */
export async function serve(
  roots: readonly string[],
  options: ServeOptions,
  version: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const log = pino({ level: options.logLevel, base: null }, pino.destination(2));
  await using engine = createEnginePool({ videoEncoder: options.encoder, maxQueued: MAX_ENGINE_JOBS });
  await engine.videoEncoders.checkChoice();
  if (roots.length === 0) terminal.complain('Nothing was named to serve: serving a demo clip.');
  const named = roots.length === 0 ? [await demoClip(engine, version, signal)] : roots;
  await using remote = createRemoteAccess(named.filter(isUrl), options, await loadOpeners(options.plugin));
  const library = await Library.open(named, remote.library);
  signal.throwIfAborted();
  await using store = await openStore(options, log);
  const meter = new WorkMeter();
  const metered = meter.engines(engine);
  const maxHeldBytes = HELD_SHARE * totalmem();
  const scheduler = createScheduler({ engine, cores: availableParallelism(), maxHeldBytes });
  await using segments = new SegmentService({
    open: (source, { signal: opening }) =>
      openSegmented(source, { engine: metered, signal: opening, closeSource: false, cache: store }),
    store,
    shelf,
    scheduler,
    meter,
    onStoreError: (error) => log.warn({ err: error }, 'segment store failed'),
  });
  await using server = await startServer({
    library,
    media: {
      stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
      describe: describeMedia,
    },
    segments,
    corsOrigins: options.cors ?? [],
    log,
    host: options.host,
    port: options.port,
  });
  terminal.print(`segmint serves at ${server.url} (Ctrl+C to stop)`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
