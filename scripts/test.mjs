// `npm test`: installs and compiles when needed, then runs the tests on the compiled code, which is what ships.
// --unit runs only the tests beside the sources; --verbose shows each test; further arguments name the test files to run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runTestFiles } from './run-test-files.mjs';
import { ensureCompiled, ensureInstalled, ensureWeb, filesUnder, root } from './setup.mjs';

/** How long one file may take, in milliseconds: several times what the longest takes on a slow machine. */
const LIMIT_MS = 20 * 60_000;
/** How many run at a time: those that play films wait for them most of the time, and leave a processor to another one. */
const CONCURRENCY = availableParallelism() + 1;
/** How long each file took the last time, so that no long one is left for the end. */
const TIMES = join(root, '.cache', 'test-seconds.json');
/** What takes long where nothing is known yet, the longest first. */
const LONG = [
  'test/hls-corpus',
  'test/server-corpus',
  'test/browser/hls.test',
  'test/stills-corpus',
  'test/browser/',
  'test/load',
  'test/corpus',
  'test/hostile-source',
  'test/remux-conformance',
  'test/video-',
  'test/lavf-demuxer',
  'test/',
];

ensureInstalled();
ensureCompiled('tsconfig.json', 'build', ['src', 'test', 'bench', 'examples']);
await ensureWeb();

const args = process.argv.slice(2);
const unitOnly = args.includes('--unit');
const isVerbose = args.includes('--verbose');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const all = [
  ...filesUnder('build/src', '.test.js'),
  ...(unitOnly ? [] : filesUnder('build/test', '.test.js')),
];
const files = wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  console.error('segmint: no test file matches.');
  process.exit(1);
}

const times = readTimes();
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => ended.abort());
const startedAt = performance.now();
const results = await runTestFiles(
  files.toSorted((a, b) => expectedSeconds(b) - expectedSeconds(a)).map((file) => join(root, file)),
  { concurrency: CONCURRENCY, limitMs: LIMIT_MS, signal: ended.signal, onEnd: show },
);
writeTimes();
const isWell = sumUp();
process.exitCode = ended.signal.aborted ? 130 : isWell ? 0 : 1;

/** Source of a compiled test file by its absolute path; relative to the root. */
function sourceOf(file) {
  return relative(join(root, 'build'), file).replace(/\.js$/, '.ts');
}

function isFine({ failed, faults }) {
  return failed.length === 0 && faults.length === 0;
}

/** Shows how a file fared: all that it says when it failed, else only what it says on stderr. */
function show(result) {
  const { file, seconds, passed, skipped, failed, faults, stdout, stderr } = result;
  const counts = [
    `${passed} passed`,
    skipped > 0 && `${skipped} left out`,
    failed.length > 0 && `${failed.length} failed`,
  ];
  const told = `${counts.filter(Boolean).join(', ')}, ${seconds.toFixed(1)} s`;
  console.log(`${isFine(result) ? '✔' : '✖'} ${sourceOf(file)} (${told})`);
  if (isVerbose || !isFine(result)) process.stdout.write(stdout);
  if (stderr !== '') process.stderr.write(stderr);
  for (const fault of faults) console.log(`✖ ${sourceOf(file)}: ${fault}`);
}

/** Sums up; gives whether all is well. */
function sumUp() {
  const count = (of) => results.reduce((sum, result) => sum + of(result), 0);
  const bad = results.filter((result) => !isFine(result));
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, 5);
  console.log(
    `\nThe longest: ${slowest.map(({ file, seconds }) => `${sourceOf(file)} ${seconds.toFixed(0)} s`).join(', ')}`,
  );
  for (const { file, failed, faults } of bad) {
    console.log(`\n✖ ${sourceOf(file)}`);
    for (const { name, reason } of failed) console.log(`    ${name}\n${indented(reason)}`);
    for (const fault of faults) console.log(`    ${fault}`);
  }
  if (results.length < files.length) console.log(`\n${files.length - results.length} files were not run.`);
  const failed = count(({ failed, faults }) => failed.length + faults.length);
  console.log(`\nℹ files ${results.length}`);
  console.log(`ℹ tests ${count(({ passed, skipped, failed }) => passed + skipped + failed.length)}`);
  console.log(`ℹ pass ${count(({ passed }) => passed)}`);
  console.log(`ℹ fail ${failed}`);
  console.log(`ℹ skipped ${count(({ skipped }) => skipped)}`);
  console.log(`ℹ seconds ${((performance.now() - startedAt) / 1000).toFixed(0)}`);
  return failed === 0 && results.length === files.length;
}

function indented(text) {
  return text.replaceAll(/^/gm, '        ');
}

/** Seconds that a file is expected to take, or a number of their order where that is not known. */
function expectedSeconds(file) {
  const source = sourceOf(join(root, file));
  const place = LONG.findIndex((part) => source.startsWith(part));
  return times[source] ?? (place === -1 ? 0 : 2 * (LONG.length - place));
}

function readTimes() {
  try {
    return JSON.parse(readFileSync(TIMES, 'utf8'));
  } catch {
    return {};
  }
}

function writeTimes() {
  for (const { file, seconds } of results) times[sourceOf(file)] = Math.round(seconds * 10) / 10;
  mkdirSync(join(TIMES, '..'), { recursive: true });
  writeFileSync(TIMES, `${JSON.stringify(times, undefined, 1)}\n`);
}
