import type { EnginePool } from './pool.js';
import { encodeVideo, type EncodedConfiguration } from './video-job.js';
import type { VideoGeometry, VideoOutput } from './video-output.js';

/**
 * Tells how pictures that a pool's engines encode are declared, before any is encoded. Only the encoder itself knows
 * its parameter sets: the first time, it is opened; they are the same for every job with the same geometry and output,
 * and are remembered with the pool.
 * @param pool - the engines.
 * @param geometry - what the container says of the source.
 * @param output - what comes out.
 * @returns the configuration, not to be changed.
 * @throws {EngineError | OverloadedError | RequestError} as {@link encodeVideo}; it is then asked for anew the next
 * time.
 */
export function videoConfigurationOf(
  pool: EnginePool,
  geometry: VideoGeometry,
  output: VideoOutput,
): Promise<EncodedConfiguration> {
  const { width, height, pixelAspectRatio, color } = geometry;
  const known = { width, height, pixelAspectRatio, color };
  return pool.remember(`video configuration ${JSON.stringify([known, output])}`, () =>
    encodeNothing(pool, known, output),
  );
}

// Without a signal: several streams may wait for the same answer, and it takes a few milliseconds.
async function encodeNothing(
  pool: EnginePool,
  geometry: VideoGeometry,
  output: VideoOutput,
): Promise<EncodedConfiguration> {
  const { avcC, format, encoder } = await encodeVideo(pool, {
    decoder: { ...geometry, codec: 'rawvideo', codecTag: 'nothing', codecPrivate: undefined },
    packets: [],
    timescale: 1,
    startTicks: 0,
    endTicks: 0,
    output,
  });
  return { avcC: avcC.slice(), format, encoder };
}
