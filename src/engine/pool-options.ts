import type { VideoEncoderChoice } from './video-device.js';

/** Options of a pool of engines. */
export interface EnginePoolOptions {
  /** Number of engine processes; as many as there are cores by default. */
  readonly size?: number | undefined;
  /** How many jobs may wait for an engine; above, a job is refused. 256 by default. */
  readonly maxQueued?: number | undefined;
  /** How long a job may run, in milliseconds, unless it says otherwise. 60,000 by default. */
  readonly deadlineMs?: number | undefined;
  /** How long an engine may go on with a job that nobody wants any more, in milliseconds. 500 by default. */
  readonly graceMs?: number | undefined;
  /**
   * Resident memory above which an engine is killed, in bytes. By default 1.5 GiB, or twice what the job's pictures are expected
   * to take where that is more, as with those of 4K.
   */
  readonly memoryLimitBytes?: number | undefined;
  /**
   * Memory that the jobs that run at a time are expected to take together, in bytes; further ones wait. One always runs. By
   * default three quarters of the machine's or the container's.
   */
  readonly memoryBudgetBytes?: number | undefined;
  /** The module that engine processes run. */
  readonly entry?: URL | undefined;
  /** Which encoders of video are used; `auto` (default) takes whatever hardware works, and x264 where none does. */
  readonly videoEncoder?: VideoEncoderChoice | undefined;
  /**
   * How far engines give way to this process and others when all want the processor, 0 (as this process, the default) to 19.
   * A server that sends what is made already should not wait for a core that an encoder has.
   */
  readonly niceness?: number | undefined;
}
