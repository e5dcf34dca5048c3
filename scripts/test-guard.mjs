// Loaded into the process of a test file (`node --import`). A process whose tests are over and that does not end, because of a
// server, a timer or a child, says what holds it and ends.
import { listChildren } from './processes.mjs';
import { isMainThread } from 'node:worker_threads';

/** How long a process may take to end when its last test is over, in milliseconds. */
const GRACE_MS = Number(process.env.TEST_GRACE_MS);

// Not in the programs that the tests start, which may be loaded with the same options.
if (isMainThread && process.argv[1] === process.env.TEST_FILE) {
  const { after } = await import('node:test');
  after(() => void setTimeout(giveUp, GRACE_MS).unref());
}

function giveUp() {
  const counts = new Map();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const held = [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
  console.error(`The tests are over, and the process does not end: it is held by ${held}.`);
  for (const { pid, command } of listChildren(process.pid))
    console.error(`It has a child, ${pid}: ${command}`);
  process.exit(1);
}
