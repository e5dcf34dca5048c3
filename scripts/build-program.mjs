// Bundles the program into dist/: what a command needs is then in a handful of files, and it starts in half the time that finding,
// reading and linking some 300 modules takes.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What is started or imported from outside. The others are parts of these, loaded when they are needed. */
const ENTRIES = ['index', 'cli/main', 'engine/process/main', 'engine/process/demux-main'];

/** Bundles `src/` of a folder, the repository's root, into `dist/` there. */
export async function buildProgram(root) {
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, join(root, 'src', `${name}.ts`)])),
    outdir: join(root, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Licences, native parts and modules that find files of their own stay where npm puts them.
    packages: 'external',
    // In a folder beside `engine`: src/engine/engine-entries.ts counts on that.
    chunkNames: 'parts/[name]-[hash]',
    // Not minified, with maps that `node --enable-source-maps` uses: traces name functions and lines.
    sourcemap: true,
    logLevel: 'warning',
  });
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
}
