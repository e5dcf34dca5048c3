// Which processes a test file has started, and whatever those started: browsers lead process groups of their own, and engines
// have an environment of their own, so that one or the other tells.
import { readdirSync, readFileSync } from 'node:fs';

/** The variable of the environment that marks all processes of a test file. */
export const MARK_VARIABLE = 'TEST_FILE_RUN';

/**
 * Lists the processes that live of a test file's.
 * @param group - id of the process group that its own process led.
 * @param mark - what its environment has under the name of `MARK_VARIABLE`.
 * @returns ids and command lines; where the system has no `/proc`, the group alone, as one.
 */
export function listProcesses(group, mark) {
  const ids = processIds();
  if (ids === undefined) return isAlive(-group) ? [{ pid: -group, command: 'a process of its group' }] : [];
  return ids
    .filter((pid) => pid !== process.pid && (groupOf(pid) === group || hasMark(pid, mark)))
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

/** Lists the processes that a process has started itself, where the system tells. */
export function listChildren(parent) {
  return (processIds() ?? [])
    .filter((pid) => statusOf(pid)?.parent === parent)
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

/** Ends a process, or a group of them by its negative id, at once; one that has ended is none. */
export function end(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function processIds() {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return undefined;
  }
}

function groupOf(pid) {
  return statusOf(pid)?.group;
}

/** Parent and group of a process; undefined of one that has ended, also when nobody has asked for its exit code yet. */
function statusOf(pid) {
  // The name, in brackets, may hold anything.
  const fields = read(pid, 'stat').split(') ').at(-1).split(' ');
  const [state, parent, group] = fields;
  return group === undefined || state === 'Z' ? undefined : { parent: Number(parent), group: Number(group) };
}

function hasMark(pid, mark) {
  return read(pid, 'environ').split('\0').includes(`${MARK_VARIABLE}=${mark}`);
}

function commandOf(pid) {
  return read(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200);
}

function read(pid, what) {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    // It ended, or is somebody else's.
    return '';
  }
}
