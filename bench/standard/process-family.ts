/** What Linux tells of a process and of those that it has started. */
import { readFileSync } from 'node:fs';

/** Reads the high-water mark of a process's resident memory, in bytes; undefined where the system does not tell. */
export function peakMemoryOf(pid: number): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** The processes that a process's main thread has started and that live. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

/**
 * Collects the high-water marks of a process and of its children: engines are processes of their own, and most of what
 * encoding takes is theirs. What processes share, such as the program itself, counts for each.
 */
export class FamilyMemory {
  readonly #peaks = new Map<number, number>();

  /** All marks added up, in bytes; undefined before any was seen. */
  get peakBytes(): number | undefined {
    if (this.#peaks.size === 0) return undefined;
    return [...this.#peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Looks at those that live now. The kernel keeps the marks, so only the last look at each counts. */
  look(pid: number): void {
    for (const one of [pid, ...childrenOf(pid)]) {
      const peak = peakMemoryOf(one);
      if (peak !== undefined) this.#peaks.set(one, peak);
    }
  }
}
