import { EngineError, UnsupportedMediaError } from '../errors.js';
import type { EngineReply, EngineRequest } from './engine-job.js';
import type { DeviceReport, VideoDevice } from './video-device.js';

/** How long a hardware encoder may take for its first pictures, in milliseconds: a cold driver takes seconds. */
const DEADLINE_MS = 15_000;

/** Has an engine do a job that may hang it or kill it. */
export type RunRiskyJob = (
  request: EngineRequest,
  limits: { readonly deadlineMs: number; readonly maxDeaths: number },
) => Promise<EngineReply>;

/**
 * Has an engine encode test pictures by hardware. A driver that hangs or crashes costs that one engine.
 * @param device - the kind of hardware encoder.
 * @param run - has the job done.
 * @returns what came of it; that it does not work is an answer.
 * @throws {OverloadedError} when the engines have no time to try it.
 */
export async function probeVideoDevice(device: VideoDevice, run: RunRiskyJob): Promise<DeviceReport> {
  try {
    const request = { kind: 'probeVideoDevice', meta: { device }, parts: [] };
    const { meta } = await run(request, { deadlineMs: DEADLINE_MS, maxDeaths: 1 });
    const took = Math.round(Number(meta['elapsedMs']));
    return { device, isWorking: true, detail: `${String(meta['encoder'])}, test pictures in ${took} ms` };
  } catch (error) {
    return { device, isWorking: false, detail: describeFailedTrial(error) };
  }
}

/**
 * Puts why hardware failed a trial into words for a person, with what the libraries said before: that names the driver that is
 * missing.
 * @param error - what the trial ended with.
 * @throws the error itself when it tells nothing of the hardware.
 */
export function describeFailedTrial(error: unknown): string {
  if (!(error instanceof EngineError || error instanceof UnsupportedMediaError)) throw error;
  const said = String(error.context['stderr'] ?? '')
    .split('\n')
    .map((line) => line.replace(/^\[[^\]]*\]\s*/, '').trim())
    // SVT-AV1 introduces itself.
    .filter((line) => line !== '' && !line.startsWith('Svt[info]'));
  const message = error.message.replace(/\.$/, '');
  return said.length === 0 ? message : `${message}: ${[...new Set(said)].slice(0, 3).join('; ')}`;
}
