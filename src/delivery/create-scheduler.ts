import type { EnginePool } from '../engine/pool.js';
import { HeldBytes } from './held-bytes.js';
import { Scheduler } from './scheduler.js';

/** What a machine has for a {@link Scheduler} to share out. */
export interface MachineCapacity {
  /** Who encodes; what runs there beside the scheduler's own work keeps segments from being made ahead. */
  readonly engine: EnginePool;
  /** Processor cores. */
  readonly cores: number;
  /** The most that is being made and held for clients, in bytes. */
  readonly maxHeldBytes: number;
}

/** To open is to read an index, and a whole file where there is none: a few at a time are enough for any disk. */
const OPEN = { running: 4, waiting: 64, expectedMs: 500 } as const;

/** Copying mostly waits for the disk. */
const COPIES_PER_CORE = 2;
/** Two for each of some hundred players, who all begin at once when a server was down; each waits some milliseconds. */
const COPIES_WAITING = 1024;

/** Half of these may be one viewer's. */
const ENCODINGS_WAITING_PER_ENGINE = 32;

/** A player that has to wait for longer has given up before its turn comes, or will soon: it had better come again. */
const LONGEST_ENCODING_WAIT_MS = 20_000;

/**
 * Creates a scheduler with limits that suit a machine: a few openings at a time, two copies a core, some of what is
 * elsewhere, one encoding an engine.
 * @param capacity - what there is.
 */
export function createScheduler({ engine, cores, maxHeldBytes }: MachineCapacity): Scheduler {
  const engines = Math.max(1, engine.stats.pids.length);
  const copies = COPIES_PER_CORE * cores;
  const encodingsWaiting = ENCODINGS_WAITING_PER_ENGINE * engines;
  return new Scheduler({
    limits: {
      open: OPEN,
      copy: { running: copies, waiting: COPIES_WAITING, expectedMs: 100 },
      // Places of their own, as many as of both: a slow server must not hold up what lies on this machine.
      fetch: { running: OPEN.running + copies, waiting: COPIES_WAITING, expectedMs: 500 },
      encode: {
        running: engines,
        waiting: encodingsWaiting,
        waitingPerViewer: encodingsWaiting / 2,
        longestWaitMs: LONGEST_ENCODING_WAIT_MS,
        expectedMs: 2000,
      },
    },
    memory: new HeldBytes(maxHeldBytes),
    hasSpare: (kind) => {
      const { jobsQueued, jobsRunning, pids } = engine.stats;
      return kind !== 'encode' || (jobsQueued === 0 && jobsRunning < pids.length);
    },
  });
}
