import { constants, setPriority } from 'node:os';

/**
 * Lets other processes go first when all want the processor. On Linux a thread has the priority of the thread that started
 * it, so codecs' threads have this one when it is set before them.
 * @param niceness - how far, 0 (not at all) to 19, in digits, as the parent gives it.
 */
export function giveWay(niceness: string | undefined): void {
  const priority = Number(niceness);
  if (!(priority > constants.priority.PRIORITY_NORMAL)) return;
  try {
    setPriority(priority);
  } catch {
    // Where the system does not let it, the engine competes as all others do.
  }
}
