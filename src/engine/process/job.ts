import type { MessageMeta } from '../message.js';

/** What a job is given. */
export interface JobRequest {
  /** The request's meta. */
  readonly meta: MessageMeta;
  /** The request's payload; valid until the job returns. */
  readonly payload: Uint8Array;
}

/** What a job gives back. */
export interface JobResult {
  /** The reply's meta. */
  readonly meta: MessageMeta;
  /** The reply's payload. */
  readonly parts: readonly Uint8Array[];
}

/** A job: synchronous as a rule, without memory of earlier jobs, the same result for the same request. */
export type Job = (request: JobRequest) => JobResult | Promise<JobResult>;
