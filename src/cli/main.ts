#!/usr/bin/env node
import { Interruption } from './exit-code.js';
import { run } from './run.js';
import { processTerminal } from './terminal.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time means: now.
    if (interruption.signal.aborted) endBy(signal);
    else interruption.abort(new Interruption(signal));
  });
}
process.exitCode = await run(process.argv.slice(2), processTerminal, interruption.signal);
const reason: unknown = interruption.signal.reason;
if (process.exitCode >= 128) {
  // Nothing is left running then but reads and writes that nobody waits for.
  if (reason instanceof Interruption) endBy(reason.signal);
  else process.exit();
}

/**
 * Ends the process as if the signal had not been listened for, so that a shell sees what ended it. An orderly exit would
 * wait for a thread that is stuck in a write to a pipe that nobody reads.
 */
function endBy(signal: NodeJS.Signals): void {
  if (process.platform === 'win32') process.exit();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
