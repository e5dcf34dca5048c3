// The set-up that `npm start`, `npm test` and the other scripts share. It needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');

/** Runs a command in the repository's root and ends this process with its exit code when it fails. */
export function run(command, args, { env = {} } = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error !== undefined) console.error(`Could not run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal === null ? 1 : 130));
}

/** Runs a tool of node_modules by its JavaScript entry, so that no shell and no PATH is involved. */
export function runTool(packageName, binName, args) {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', packageName, 'package.json'), 'utf8'));
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[binName];
  run(process.execPath, [join(root, 'node_modules', packageName, bin), ...args]);
}

/** Installs the locked packages, once for each state of the lock file. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.segmint-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('segmint: installing packages (once)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env: { SKIP_FFMPEG: 'true' } });
  writeFileSync(stamp, lock);
}

/** Compiles one tsconfig, when a source file is newer than the last successful run of it. */
export function ensureCompiled(project, outDir, sources) {
  mkdirSync(cache, { recursive: true });
  const stamp = join(cache, `compiled-${outDir}`);
  const state = fingerprint(['package-lock.json', 'tsconfig.json', project, ...sources]);
  if (existsSync(stamp) && existsSync(join(root, outDir)) && readFileSync(stamp, 'utf8') === state) return;
  rmSync(join(root, outDir), { recursive: true, force: true });
  runTool('typescript', 'tsc', ['-p', project]);
  writeFileSync(stamp, state);
}

/** Makes dist/: types, and the program in few files; when a source file is newer than the last successful run. */
export async function ensureProgram() {
  mkdirSync(cache, { recursive: true });
  const stamp = join(cache, 'bundled-dist');
  const state = fingerprint([
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.dist.json',
    'scripts/build-program.mjs',
    'src',
  ]);
  if (existsSync(stamp) && existsSync(join(root, 'dist')) && readFileSync(stamp, 'utf8') === state) return;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  runTool('typescript', 'tsc', ['-p', 'tsconfig.dist.json']);
  // It needs a package, which may have been installed just now.
  const { buildProgram } = await import('./build-program.mjs');
  await buildProgram(root);
  writeFileSync(stamp, state);
}

/** Bundles the page, when a file of it is newer than the last successful run. */
export async function ensureWeb() {
  mkdirSync(cache, { recursive: true });
  const stamp = join(cache, 'bundled-web');
  const state = fingerprint([
    'package-lock.json',
    'scripts/build-web.mjs',
    'web/index.html',
    'web/src',
    'web/styles',
  ]);
  if (existsSync(stamp) && existsSync(join(root, 'web/dist')) && readFileSync(stamp, 'utf8') === state)
    return;
  // It needs a package, which may have been installed just now.
  const { buildWeb } = await import('./build-web.mjs');
  await buildWeb(root);
  writeFileSync(stamp, state);
}

/** Every file below a folder whose name ends in a text, or matches an expression; sorted, relative to the root. */
export function filesUnder(folder, suffix) {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true })
    .filter((name) => (typeof suffix === 'string' ? name.endsWith(suffix) : suffix.test(name)))
    .sort()
    .map((name) => join(folder, name));
}

function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) {
    const files = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()
      ? filesUnder(path, /\.(tsx?|js|css|svg)$/)
      : [path];
    for (const file of files) {
      if (existsSync(join(root, file)))
        hash
          .update(file)
          .update('\0')
          .update(readFileSync(join(root, file)));
    }
  }
  return hash.digest('hex');
}
