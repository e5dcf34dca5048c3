import { EngineError } from '../../src/errors.js';
import type { EnginePool } from '../../src/engine/pool.js';
import { VideoEncoders } from '../../src/engine/video-encoders.js';

/** Engines in which software and faults stand in for hardware encoders. */
export const STAND_IN_ENGINE = new URL('./stand-in-engine.js', import.meta.url);

/** How many jobs each encoder has done. */
export interface MadeByTurns {
  device: number;
  x264: number;
}

/**
 * Engines of which every other job is done by the stand-in for hardware, and the others by x264.
 * @param pool - engines with {@link STAND_IN_ENGINE}.
 * @param made - is counted up.
 */
export function byTurns(pool: EnginePool, made: MadeByTurns): EnginePool {
  let jobs = 0;
  return {
    ready: () => pool.ready(),
    remember: (key, ask) => pool.remember(key, ask),
    onSpare: (listener) => pool.onSpare(listener),
    run: async (request, options) => {
      const isDevice = 'device' in request.meta;
      if (isDevice && jobs++ % 2 === 1) throw new EngineError('It is the turn of x264.');
      const reply = await pool.run(request, options);
      if (request.kind === 'encodeVideo' && request.parts.length > 1) made[isDevice ? 'device' : 'x264'] += 1;
      return reply;
    },
    get stats() {
      return pool.stats;
    },
    videoEncoders: new VideoEncoders({
      choice: 'nvenc',
      maxSessions: 8,
      obstacleOf: () => undefined,
      probe: (device) => Promise.resolve({ device, isWorking: true, detail: '' }),
      prove: (_device, codec, variant) =>
        Promise.resolve({ codec, variant, isWorking: false, detail: 'It is not tried.' }),
    }),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
