import { readFileSync } from 'node:fs';

/** Bytes a page: the one size that x86-64 and the usual arm64 kernels use. */
const PAGE_BYTES = 4096;

/**
 * Reads how much memory a process holds, where the system tells it to others.
 * @param pid - the process.
 * @returns resident bytes; undefined when the process is gone or the system is not Linux.
 * @see proc_pid_statm(5)
 */
export function readResidentBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // procfs is answered from the kernel's memory: a blocking read takes some 10 microseconds.
    const resident = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1];
    return resident === undefined ? undefined : Number(resident) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}
