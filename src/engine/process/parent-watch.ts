/** The parent when this process started; when it dies, another process becomes the parent. */
const parent = process.ppid;

/** How many calls pass between two looks. */
const CALLS_BETWEEN_LOOKS = 64;

let calls = 0;

/**
 * Ends this process when its parent is gone. The end of the pipe says so too, but is seen only between jobs; a long job
 * calls this now and then, so that it does not outlive the program that wanted it.
 */
export function exitWithParent(): void {
  if (++calls % CALLS_BETWEEN_LOOKS === 0 && process.ppid !== parent) process.exit(0);
}
