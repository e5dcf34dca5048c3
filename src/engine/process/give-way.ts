import { constants, getPriority, setPriority } from 'node:os';

/**
 * Lets other processes go first when all want the processor. On Linux a thread has the priority of the thread that started
 * it, so codecs' threads have this one when it is set before them.
 * @param niceness - how far below the priority that it was started with, 0 (not at all) to 19, in digits, as the parent gives it.
 */
export function giveWay(niceness: string | undefined): void {
  const below = Number(niceness);
  if (!(below > 0)) return;
  try {
    // A server that was made nice itself stays before its engines.
    setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + below));
  } catch {
    // Where the system does not let it, the engine competes as all others do.
  }
}
