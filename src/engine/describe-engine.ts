import type { EnginePool } from './pool.js';

/** How an engine was built. */
export interface EngineDescription {
  /** FFmpeg's licence in this build, as its configuration implies it. */
  readonly licence: string;
  /** Decoders that were asked for and are missing. */
  readonly missingDecoders: readonly string[];
}

/**
 * Asks an engine how it was built.
 * @param pool - the engines.
 * @param decoders - libavcodec's names of the decoders that matter.
 * @throws {EngineError | OverloadedError} when there is no engine to answer.
 */
export async function describeEngine(
  pool: EnginePool,
  decoders: readonly string[],
): Promise<EngineDescription> {
  const { meta } = await pool.run({ kind: 'describeEngine', meta: { decoders }, parts: [] });
  const found = new Set(meta['decoders'] as readonly string[]);
  return {
    licence: licenceOf(String(meta['configuration'])),
    missingDecoders: decoders.filter((name) => !found.has(name)),
  };
}

/** What FFmpeg's own configure script makes of its options. */
function licenceOf(configuration: string): string {
  const has = (option: string): boolean => configuration.includes(`--enable-${option}`);
  if (has('nonfree')) return 'not to be passed on';
  const version = has('version3') ? '3' : has('gpl') ? '2' : '2.1';
  const licence = `${has('gpl') ? 'GPL' : 'LGPL'}, version ${version} or later`;
  return has('libfdk-aac') ? `${licence}; contains libfdk_aac, see NOTICE` : licence;
}
