import { totalmem } from 'node:os';

/**
 * How much memory there is for this process and its children, in bytes: the machine's, or that of the control group (a
 * container, a unit of systemd) where that is less.
 */
export function machineMemoryBytes(): number {
  // 0, or more than there is, where nothing constrains.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
