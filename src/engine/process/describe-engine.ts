import { Codec, getFFmpegInfo } from 'node-av/lib';
import type { JobRequest, JobResult } from './job.js';

/** Says how the engine's libraries were built, and which of the decoders that are asked for it has. */
export function describeEngineJob({ meta }: JobRequest): JobResult {
  const names = meta['decoders'] as readonly string[];
  const decoders = names.filter((name) => Codec.findDecoderByName(name as never) !== null);
  return { meta: { configuration: getFFmpegInfo().configuration, decoders }, parts: [] };
}
