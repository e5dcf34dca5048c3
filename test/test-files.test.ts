/** The runner of the tests: whatever a test file does, the run ends, and says which file it was. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from './support/repository.js';

interface FailedTest {
  readonly name: string;
  readonly reason: string;
}

/** How a file fared. */
interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly FailedTest[];
  readonly faults: readonly string[];
  readonly stderr: string;
}

/** What the runner's script exports. */
interface Runner {
  readonly runTestFiles: (
    files: readonly string[],
    options: { concurrency: number; limitMs: number; graceMs: number },
  ) => Promise<FileResult[]>;
}

/** Bodies of test files that do not do what they should, and one that does. */
const FILES = {
  fine: `it('is so', () => {}); it('is left out', { skip: 'why' }, () => {});`,
  fails: `describe('all', () => it('is not so', () => { throw new TypeError('It is not.'); }));`,
  leavesChildren: `it('starts', () => {
    spawn('sleep', ['300'], { stdio: 'inherit', detached: true }).unref();
    spawn('sleep', ['300'], { stdio: 'inherit', env: {} }).unref();
  });`,
  holdsServer: `it('listens', () => void createServer().listen(0));`,
  diesBefore: `describe('all', () => {
    before(() => { spawn('sleep', ['300']); throw new TypeError('It cannot begin.'); });
    it('is never asked', () => {});
  });`,
  neverEnds: `it('waits', async () => { for (;;) await new Promise((resolve) => setTimeout(resolve, 10)); });`,
  dies: `it('dies', () => process.kill(process.pid, 'SIGKILL'));`,
};

const BEGINNING = `
import { before, describe, it } from 'node:test';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
`;

const skip = existsSync('/proc/self/environ') ? false : 'the system does not tell what runs';

describe('a run of test files', { skip }, () => {
  let folder: string;
  let results: ReadonlyMap<string, FileResult>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-test-files-'));
    const script = pathToFileURL(join(REPOSITORY, 'scripts/run-test-files.mjs')).href;
    const { runTestFiles } = (await import(script)) as Runner;
    const paths = Object.entries(FILES).map(([name, body]) => {
      const path = join(folder, `${name}.mjs`);
      writeFileSync(path, BEGINNING + body);
      return path;
    });
    const all = await runTestFiles(paths, { concurrency: 4, limitMs: 12_000, graceMs: 2000 });
    results = new Map(all.map((result) => [basename(result.file, '.mjs'), result]));
  });
  after(() => rmSync(folder, { recursive: true }));

  const resultOf = (name: keyof typeof FILES): FileResult => results.get(name)!;

  it('counts what passes, what is left out and what fails', () => {
    const { passed, skipped, failed, faults } = resultOf('fine');
    assert.deepEqual([passed, skipped, failed, faults], [1, 1, [], []]);
    const [{ name, reason }] = resultOf('fails').failed as [FailedTest];
    assert.equal(name, 'is not so');
    assert.match(reason, /^TypeError: It is not\.\n +at .*fails\.mjs:\d+/);
    assert.equal(results.size, Object.keys(FILES).length);
  });

  it('names and ends what a file leaves behind, in whatever group it is', () => {
    const { passed, faults } = resultOf('leavesChildren');
    assert.equal(passed, 1);
    for (const fault of faults) assert.match(fault, /^It left a process behind, (\d+): sleep 300$/);
    assert.equal(faults.length, 2);
    for (const fault of faults) assertGone(Number(/\d+/.exec(fault)![0]));
  });

  it('says what holds a process whose tests are over', () => {
    const { passed, faults, stderr } = resultOf('holdsServer');
    assert.equal(passed, 1);
    assert.equal(faults.length, 1);
    assert.match(stderr, /held by .*1 TCPServerWrap/);
    const dead = resultOf('diesBefore');
    const names = dead.failed.map(({ name }) => name);
    assert.ok(names.includes('all'), names.join());
    assert.match(dead.stderr, /It has a child, \d+: sleep 300/);
  });

  it('ends what goes on for too long, and says what that was', () => {
    const [fault] = resultOf('neverEnds').faults;
    assert.match(fault!, /ran past 12 seconds. What had not ended: waits$/);
    assert.deepEqual(resultOf('dies').faults, ['Its process was ended by SIGKILL.']);
  });
});

/** It has ended, even if nobody has asked for its exit code yet. */
function assertGone(pid: number): void {
  const path = `/proc/${pid}/cmdline`;
  assert.equal(existsSync(path) ? readFileSync(path, 'utf8') : '', '');
}
