import { SegmintError } from '../../errors.js';
import { systemCodeOf } from '../../io/system-code.js';
import {
  MESSAGE_HEADER_BYTES,
  parseMessageHeader,
  parseMessageMeta,
  writeMessageHead,
  type MessageMeta,
} from '../message.js';
import type { Job, JobRequest, JobResult } from './job.js';
import { readFully, writeFully } from './sync-pipe.js';

/** The engine's end of the pipe, as the parent lays it out. */
const PIPE = 3;

/**
 * Serves jobs until the parent closes the pipe; then the process exits.
 * @param identity - what this engine is, sent first, as the sign that it is ready.
 * @param jobs - the jobs by kind.
 */
export async function serveJobs(identity: MessageMeta, jobs: ReadonlyMap<string, Job>): Promise<never> {
  // An interrupt from the terminal reaches the whole process group. The parent decides when an engine ends.
  process.on('SIGINT', ignore);
  process.on('SIGTERM', ignore);
  send({ kind: 'ready', ...identity }, []);
  for (;;) {
    const request = receive();
    if (request === undefined) process.exit(0);
    // Should the process end now, the job may be why.
    send({ kind: 'begun' }, []);
    const { meta, parts } = await answer(request, jobs);
    send({ ...meta, residentBytes: process.memoryUsage.rss() }, parts);
    // The finalizers of native buffers run on the event loop only: without this turn their memory is never freed.
    await new Promise(setImmediate);
  }
}

async function answer(request: JobRequest, jobs: ReadonlyMap<string, Job>): Promise<JobResult> {
  const kind = String(request.meta['kind']);
  const job = jobs.get(kind);
  if (job === undefined) return failure('invariant', `The engine knows no job "${kind}".`);
  try {
    const { meta, parts } = await job(request);
    return { meta: { kind: 'done', ...meta }, parts };
  } catch (error) {
    if (error instanceof SegmintError) return failure(error.code, error.message, error.context);
    return failure('engine_failed', `The engine failed in "${kind}": ${String(error)}`);
  }
}

function failure(code: string, message: string, context: MessageMeta = {}): JobResult {
  return { meta: { kind: 'failed', code, message, context }, parts: [] };
}

function receive(): JobRequest | undefined {
  const header = new Uint8Array(MESSAGE_HEADER_BYTES);
  if (!readFully(PIPE, header)) return undefined;
  const { metaBytes, payloadBytes } = parseMessageHeader(header);
  const text = new Uint8Array(metaBytes);
  const payload = new Uint8Array(payloadBytes);
  if (!readFully(PIPE, text) || !readFully(PIPE, payload)) return undefined;
  return { meta: parseMessageMeta(text), payload };
}

function send(meta: MessageMeta, parts: readonly Uint8Array[]): void {
  try {
    writeFully(PIPE, writeMessageHead(meta, parts));
    for (const part of parts) writeFully(PIPE, part);
  } catch (error) {
    // Nobody is left to hear it.
    if (systemCodeOf(error) === 'EPIPE') process.exit(0);
    throw error;
  }
}

function ignore(): void {
  // See above: the end of the pipe is the only order to stop.
}
