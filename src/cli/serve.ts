import pino from 'pino';
import { createEnginePool } from '../engine/pool.js';
import { streamTranscodeFmp4 } from '../pipelines/continuous.js';
import { describeMedia } from '../pipelines/describe.js';
import { Library } from '../server/library.js';
import { startServer } from '../server/listen.js';
import { demoClip } from './demo-clip.js';
import type { Terminal } from './terminal.js';

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Port; 0 for any free one. */
  readonly port: number;
  /** Host name or address to listen on. */
  readonly host: string;
  /** Least severe records to write. */
  readonly logLevel: string;
}

/**
 * `segmint serve`: serves folders and files until the signal ends it.
 * @param roots - what to serve; a clip of its own when there are none.
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
  await using engine = createEnginePool();
  if (roots.length === 0) terminal.complain('Nothing was named to serve: serving a demo clip.');
  const library = await Library.open(roots.length === 0 ? [await demoClip(engine, version, signal)] : roots);
  signal.throwIfAborted();
  await using server = await startServer({
    library,
    media: {
      stream: (source, wanted) => streamTranscodeFmp4(source, { ...wanted, engine }),
      describe: describeMedia,
    },
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
