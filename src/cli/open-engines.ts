import { createEnginePool, type EnginePool } from '../engine/pool.js';
import type { VideoEncoderChoice } from '../engine/video-device.js';

/** The option that chooses an encoder of video. */
export interface EncoderOption {
  /** Which; whatever works when absent. */
  readonly encoder?: VideoEncoderChoice;
}

/**
 * Starts engines that encode video with what was chosen.
 * @param option - the choice.
 * @param isCertain - whether engines will be needed: then they start at once, while the source is being opened.
 * @returns the engines, to be ended; undefined when nothing was chosen, so that they start only where they are needed.
 * @throws {EngineError} when the hardware that was chosen does not work here.
 */
export async function openEngines(
  { encoder }: EncoderOption,
  isCertain = false,
): Promise<EnginePool | undefined> {
  if (encoder === undefined || encoder === 'auto') return isCertain ? createEnginePool() : undefined;
  const engines = createEnginePool({ videoEncoder: encoder });
  try {
    await engines.videoEncoders.checkChoice();
    return engines;
  } catch (error) {
    await engines[Symbol.asyncDispose]();
    throw error;
  }
}
