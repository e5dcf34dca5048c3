import { HeldBytes } from '../../src/delivery/held-bytes.js';
import { Scheduler, type SchedulerOptions } from '../../src/delivery/scheduler.js';

/**
 * A scheduler for a test.
 * @param running - how many pieces of each kind run at a time.
 * @param waiting - how many of each may wait.
 * @param options - whatever else is to be different.
 */
export function testScheduler(
  running: number,
  waiting: number,
  options: Partial<SchedulerOptions> = {},
): Scheduler {
  const lane = { running, waiting, expectedMs: 1000 };
  return new Scheduler({
    limits: { open: { ...lane, running: 4, waiting: 64 }, copy: lane, fetch: lane, encode: lane },
    memory: new HeldBytes(1 << 30),
    ...options,
  });
}
