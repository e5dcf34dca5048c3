#!/usr/bin/env node
import { Interruption } from './exit-code.js';
import { run } from './run.js';
import { processTerminal } from './terminal.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const reason = new Interruption(signal);
    // The second time means: now.
    if (interruption.signal.aborted) process.exit(reason.exitCode);
    interruption.abort(reason);
  });
}
process.exitCode = await run(process.argv.slice(2), processTerminal, interruption.signal);
// Nothing is left running then, except a write to a pipe that nobody reads.
if (process.exitCode >= 128) process.exit();
