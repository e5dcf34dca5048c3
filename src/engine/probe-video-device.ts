import { EngineError, SegmintError } from '../errors.js';
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
    if (
      !(error instanceof EngineError) &&
      !(error instanceof SegmintError && error.code === 'unsupported_media')
    ) {
      throw error;
    }
    return { device, isWorking: false, detail: describeDeviceError(error) };
  }
}

/** An error in words for a person, and what the libraries said before it: that names the driver that is missing. */
export function describeDeviceError(error: SegmintError): string {
  const said = String(error.context['stderr'] ?? '')
    .split('\n')
    .map((line) => line.replace(/^\[[^\]]*\]\s*/, '').trim())
    // SVT-AV1 introduces itself.
    .filter((line) => line !== '' && !line.startsWith('Svt[info]'));
  const message = error.message.replace(/\.$/, '');
  return said.length === 0 ? message : `${message}: ${[...new Set(said)].slice(0, 3).join('; ')}`;
}
