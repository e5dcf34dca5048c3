import { systemCodeOf } from '../io/system-code.js';

/**
 * Writing the output failed. Not of the library's taxonomy: the library gives bytes to its caller, and what becomes of
 * them is the command's own affair.
 */
export class OutputError extends Error {
  /**
   * @param name - the output, for people.
   * @param cause - the system's error.
   */
  constructor(name: string, cause: unknown) {
    super(`${name} could not be written: ${describe(cause)}.`, { cause });
    this.name = new.target.name;
  }
}

/** Whoever read standard output has left. Nobody is there to be told. */
export class BrokenPipeError extends OutputError {}

function describe(cause: unknown): string {
  switch (systemCodeOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'permission denied';
    case 'ENOENT':
      return 'its folder does not exist';
    case 'EISDIR':
      return 'it is a folder';
    case 'EPIPE':
      return 'its reader has left';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
