import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** Programs that tests use as judges. They belong to the machine and not to the package. */
type Tool = 'ffmpeg' | 'ffprobe' | 'mkvmerge' | 'nginx' | 'redis-server' | 'systemd-analyze';

const found = new Map<Tool, boolean>();
const told = new Set<string>();

/**
 * For the `skip` option of a test that needs programs of the machine. Says on stderr, loudly, what is left out; on a
 * CI machine (`CI=true`) their absence is a failure.
 * @param what - what is not tested without them.
 * @returns false when all are there, else why the test is skipped.
 */
export function missingTools(what: string, ...tools: readonly Tool[]): string | false {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return false;
  const message = `NOT TESTED: ${what}, because ${missing.join(' and ')} cannot be run here.`;
  assert.notEqual(process.env['CI'], 'true', message);
  if (!told.has(message))
    process.stderr.write(`\n${message} Install ${missing.join(' and ')} to have it tested.\n`);
  told.add(message);
  return message;
}

function isInstalled(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const isShort = tool === 'nginx' || tool === 'redis-server';
  const asked = tool.startsWith('ff') ? '-version' : isShort ? '-v' : '--version';
  const isThere = spawnSync(tool, [asked], { stdio: 'ignore' }).status === 0;
  found.set(tool, isThere);
  return isThere;
}
