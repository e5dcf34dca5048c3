// Bundles the page into web/dist: hashed names that may be kept for ever, parts loaded when they are needed, and index.html with
// the names put in.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Marks in web/index.html that become names of files. */
const SCRIPT = '/assets/main.js';
const STYLE = '/assets/main.css';

/** Bundles `web/` of a folder, the repository's root, into `web/dist/` there. */
export async function buildWeb(root) {
  const web = join(root, 'web');
  const outdir = join(web, 'dist', 'assets');
  rmSync(join(web, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: join(web, 'src', 'main.tsx') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    sourcemap: true,
    legalComments: 'linked',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'file', '.wasm': 'file', '.woff2': 'file' },
    metafile: true,
    logLevel: 'warning',
  });
  const [script, output] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === 'web/src/main.tsx',
  );
  const page = readFileSync(join(web, 'index.html'), 'utf8')
    .replace(SCRIPT, `/assets/${basename(script)}`)
    .replace(STYLE, `/assets/${basename(output.cssBundle)}`);
  writeFileSync(join(web, 'dist', 'index.html'), page);
}
