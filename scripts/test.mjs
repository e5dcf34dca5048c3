// `npm test`: installs and compiles when needed, then runs the tests on the compiled code, which is what ships.
// --unit runs only the tests beside the sources; further arguments name the test files to run.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureCompiled, ensureInstalled, ensureWeb, filesUnder, root, run } from './setup.mjs';

ensureInstalled();
ensureCompiled('tsconfig.json', 'build', ['src', 'test', 'bench', 'examples']);
await ensureWeb();

const args = process.argv.slice(2);
const unitOnly = args.includes('--unit');
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
run(process.execPath, [
  '--enable-source-maps',
  '--test',
  `--test-concurrency=${availableParallelism()}`,
  '--test-reporter=spec',
  ...files.map((file) => join(root, file)),
]);
