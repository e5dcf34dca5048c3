import { readSync } from 'node:fs';
import { EngineError } from '../../errors.js';

/** The parent's mark, as it lays it out; nothing can be read from it where it could make none. */
const MARK = 4;

/**
 * Ends the job when nobody wants its result any more. A long job calls this for each packet and picture, so that the
 * engine is soon free for others and need not be ended.
 * @throws {EngineError} when the parent says so; it hears of it from nobody.
 */
export function throwIfUnwanted(): void {
  const mark = new Uint8Array(1);
  if (readMark(mark) === 1 && mark[0] === 1) throw new EngineError('The job is not wanted any more.');
}

function readMark(mark: Uint8Array): number {
  try {
    return readSync(MARK, mark, 0, 1, 0);
  } catch {
    // An engine that was started by something else than a pool has no mark.
    return 0;
  }
}
