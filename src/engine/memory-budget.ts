import { machineMemoryBytes } from '../io/machine-memory.js';

/** Share of the machine's memory that the jobs that say what they take may take together. */
const BUDGET_SHARE = 0.75;

const MIB = 1024 * 1024;

/** What an engine holds without pictures. */
const BASE_BYTES = 96 * MIB;

/** Bytes for each pixel of the source: those that the decoder refers to or holds back, 10 bits deep, and the filters' two. */
const DECODING_BYTES_A_PIXEL = 48;

/** Bytes for each pixel of the output: those that x264 looks ahead at, with their smaller selves, and those it refers to. */
const ENCODING_BYTES_A_PIXEL = 100;

/** Pictures of more pixels than 8K count as those of 8K, whatever a file says of them. */
const MOST_PIXELS = 7680 * 4320;

/** Resident memory that every job may have, in bytes. */
const LEAST_LIMIT_BYTES = 1536 * MIB;

/** How many times what it is expected to take a job may have. */
const LIMIT_TIMES = 2;

/** Width and height in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * About how much memory an engine has when it decodes and encodes pictures.
 *
 * Measured (resident at most, MiB, first job of an engine): 1080p 300 to 450; 4096 x 2304 with 8 bits 1140, with 10 bits 1320,
 * with tone mapping 1330, and that to 1080p 660.
 * @param source - size of the decoded pictures; 0 where nobody says.
 * @param output - size of the encoded ones; absent when none are.
 * @returns bytes.
 */
export function pictureMemoryOf(source: Size, output: Size = { width: 0, height: 0 }): number {
  return BASE_BYTES + pixelsOf(source) * DECODING_BYTES_A_PIXEL + pixelsOf(output) * ENCODING_BYTES_A_PIXEL;
}

function pixelsOf({ width, height }: Size): number {
  return Math.min(width * height, MOST_PIXELS);
}

/**
 * The resident memory above which an engine is ended, where nobody has set another.
 * @param memoryBytes - what its job is expected to take.
 * @param budgetBytes - what all jobs may take together.
 */
export function memoryLimitOf(memoryBytes: number, budgetBytes: number): number {
  return Math.max(LEAST_LIMIT_BYTES, Math.min(LIMIT_TIMES * memoryBytes, budgetBytes));
}

/** What jobs that say what they take may take together by default. */
export function defaultMemoryBudget(): number {
  return BUDGET_SHARE * machineMemoryBytes();
}

/** A job that waits, as far as memory is concerned. */
export interface Claim {
  /** About how much memory it takes, in bytes; 0 for next to nothing. */
  readonly memoryBytes: number;
}

/**
 * Picks the job that is next: the first one whose memory there is. One that there is too little for lets those pass that take
 * next to nothing, and no others, so that its time comes. With nothing running any job fits.
 * @param waiting - jobs, first come, first served.
 * @param takenBytes - what the running ones take.
 * @param budgetBytes - what all may take.
 */
export function pickWithin<T extends Claim>(
  waiting: Iterable<T>,
  takenBytes: number,
  budgetBytes: number,
): T | undefined {
  let isHeld = false;
  for (const job of waiting) {
    if (job.memoryBytes === 0) return job;
    if (isHeld) continue;
    if (takenBytes === 0 || takenBytes + job.memoryBytes <= budgetBytes) return job;
    isHeld = true;
  }
  return undefined;
}
