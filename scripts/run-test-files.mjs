// Runs test files, each in a process that leads a group of its own, so that nothing that a file leaves behind can hold up the
// run: it is named and ended, and the file has failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { end, listProcesses, MARK_VARIABLE } from './processes.mjs';

const GUARD = new URL('test-guard.mjs', import.meta.url).href;
const REPORTER = new URL('test-reporter.mjs', import.meta.url).href;

/** How long what a process has written may take to come, when it has ended. */
const DRAIN_MS = 2000;

let runs = 0;

/**
 * Runs test files, some of them side by side, in the order that is given.
 * @param files - absolute paths.
 * @param options.concurrency - how many run at a time.
 * @param options.limitMs - how long a file may take, in milliseconds.
 * @param options.graceMs - how long its process may live on when its tests are over, and how long those that it has started may
 * when it has ended, in milliseconds: a browser takes a while to end.
 * @param options.signal - ends all of them, and whatever they have started.
 * @param options.onEnd - called with the result of each as it comes.
 * @returns the results, in the order in which they came.
 */
export async function runTestFiles(
  files,
  { concurrency, limitMs, graceMs = 10_000, signal, onEnd = () => undefined },
) {
  const waiting = [...files];
  const results = [];
  const work = async () => {
    while (waiting.length > 0 && !signal?.aborted) {
      const result = await runTestFile(waiting.shift(), { limitMs, graceMs, signal });
      results.push(result);
      onEnd(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

async function runTestFile(file, { limitMs, graceMs, signal }) {
  const startedAt = performance.now();
  const mark = `${process.pid}.${++runs}`;
  // What an outer test runner tells its files is not for these.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', GUARD, `--test-reporter=${REPORTER}`, file],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...environment, TEST_FILE: file, TEST_GRACE_MS: String(graceMs), [MARK_VARIABLE]: mark },
    },
  );
  const endAll = () => {
    for (const { pid } of listProcesses(child.pid, mark)) end(pid);
  };
  const faults = [];
  const tests = followTests(child.stdio[3]);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const limit = setTimeout(() => {
    const unfinished = [...tests.running].join(' › ');
    const told = unfinished === '' ? '' : ` What had not ended: ${unfinished}`;
    faults.push(`It was ended: it ran past ${limitMs / 1000} seconds.${told}`);
    endAll();
  }, limitMs);
  signal?.addEventListener('abort', endAll);
  const drained = once(child, 'close');
  const [code, signalName] = await once(child, 'exit');
  clearTimeout(limit);
  signal?.removeEventListener('abort', endAll);

  const left = await untilGone(() => listProcesses(child.pid, mark), graceMs);
  endAll();
  for (const { pid, command } of left) faults.push(`It left a process behind, ${pid}: ${command}`);
  await Promise.race([drained, delay(DRAIN_MS, undefined, { ref: false })]);
  for (const stream of [child.stdout, child.stderr, child.stdio[3]]) stream.destroy();

  if (signalName !== null && faults.length === 0) faults.push(`Its process was ended by ${signalName}.`);
  if (code !== null && code !== 0 && faults.length === 0 && tests.failed.length === 0)
    faults.push(`Its process ended with exit code ${code}, and no test had failed.`);
  if (code === 0 && tests.began === 0) faults.push('It has no tests.');
  return {
    file,
    seconds: (performance.now() - startedAt) / 1000,
    passed: tests.passed,
    skipped: tests.skipped,
    failed: tests.failed,
    faults,
    stdout: stdout(),
    stderr: stderr(),
  };
}

/** Waits until a list is empty, for a while; gives what is in it then. */
async function untilGone(list, patienceMs) {
  const patience = performance.now() + patienceMs;
  for (;;) {
    const left = list();
    if (left.length === 0 || performance.now() > patience) return left;
    await delay(50);
  }
}

/** Keeps what comes out of a process. */
function collect(stream) {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (part) => (text += part));
  return () => text;
}

/** Follows what the reporter of the process tells. */
function followTests(stream) {
  const tests = { began: 0, passed: 0, skipped: 0, failed: [], running: new Set() };
  createInterface({ input: stream }).on('line', (line) => {
    const { kind, name, reason } = JSON.parse(line);
    if (kind === 'began') {
      tests.began++;
      tests.running.add(name);
    }
    if (kind === 'ended') tests.running.delete(name);
    if (kind === 'passed') tests.passed++;
    if (kind === 'skipped') tests.skipped++;
    if (kind === 'failed') tests.failed.push({ name, reason });
  });
  return tests;
}
