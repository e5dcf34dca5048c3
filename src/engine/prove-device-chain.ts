import { EngineError } from '../errors.js';
import type { ChainReport, ChainVariant } from './device-chain.js';
import { deviceFailureOf } from './device-failure.js';
import { describeFailedTrial, type RunRiskyJob } from './probe-video-device.js';
import type { VideoDevice } from './video-device.js';

/** How long a chain may take for its first pictures, in milliseconds: they are made first, and a cold driver takes seconds. */
const DEADLINE_MS = 20_000;

/**
 * Has an engine decode, filter and encode test pictures in a device's memory. A driver that hangs or crashes costs that one
 * engine.
 * @param device - the kind of hardware.
 * @param codec - what is decoded.
 * @param variant - what the pictures are like.
 * @param run - has the job done.
 * @returns what came of it; that it does not work is an answer.
 * @throws {OverloadedError} when the engines have no time to try it.
 */
export async function proveDeviceChain(
  device: VideoDevice,
  codec: string,
  variant: ChainVariant,
  run: RunRiskyJob,
): Promise<ChainReport> {
  try {
    const request = { kind: 'proveDeviceChain', meta: { device, codec, variant }, parts: [] };
    const { meta } = await run(request, { deadlineMs: DEADLINE_MS, maxDeaths: 1 });
    const took = Math.round(Number(meta['elapsedMs']));
    const error = Number(meta['error']).toFixed(1);
    const detail = `${String(meta['pictures'])} test pictures in ${took} ms, off by ${error} of 255 at most`;
    return { codec, variant, isWorking: true, detail };
  } catch (error) {
    const detail = describeFailedTrial(error);
    const failure = error instanceof EngineError ? deviceFailureOf(error) : undefined;
    return { codec, variant, isWorking: false, failure, detail };
  }
}
