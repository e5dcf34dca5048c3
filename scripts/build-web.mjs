// Bundles the page into web/dist: hashed names that may be kept for ever, parts loaded when they are needed, and index.html with
// the names put in.
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Marks in web/index.html that become names of files. */
const SCRIPT = '/assets/main.js';
const STYLE = '/assets/main.css';

/** What is compressed once here, and not for each request; fonts and pictures are already. */
const COMPRESSED = new Set(['.css', '.js', '.svg', '.txt', '.wasm']);

/** Bundles `web/` of a folder, the repository's root, into `web/dist/` there. */
export async function buildWeb(root) {
  const web = join(root, 'web');
  // Made beside, and put in place when it is whole: a server may be starting.
  const making = join(root, '.cache', `web-${process.pid}`);
  const outdir = join(making, 'assets');
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
    plugins: [workers],
    loader: { '.svg': 'file', '.wasm': 'file', '.woff2': 'file' },
    metafile: true,
    logLevel: 'warning',
  });
  const [script, output] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === 'web/src/main.tsx',
  );
  const preloads = metafile.outputs[script].imports
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => `<link rel="modulepreload" href="/assets/${basename(path)}" />`);
  const page = readFileSync(join(web, 'index.html'), 'utf8')
    .replace(SCRIPT, `/assets/${basename(script)}`)
    .replace(STYLE, `/assets/${basename(output.cssBundle)}`)
    .replace('</head>', `  ${preloads.join('\n    ')}\n  </head>`);
  writeFileSync(join(making, 'index.html'), page);
  const licences = join(web, 'licences');
  for (const name of readdirSync(licences))
    copyFileSync(join(licences, name), join(outdir, `licence-${name}`));
  for (const name of readdirSync(outdir)) if (COMPRESSED.has(extname(name))) compress(join(outdir, name));
  rmSync(join(web, 'dist'), { recursive: true, force: true });
  renameSync(making, join(web, 'dist'));
}

/** `name?worker` is the address of a script by itself: a worker begins with one, and its users may put another in its place. */
const workers = {
  name: 'workers',
  setup({ onResolve, onLoad, resolve, initialOptions: { target } }) {
    onResolve({ filter: /\?worker$/ }, async ({ path, resolveDir, kind }) => {
      const { path: script, errors } = await resolve(path.replace(/\?worker$/, ''), { resolveDir, kind });
      return { path: script, errors, namespace: 'worker' };
    });
    onLoad({ filter: /./, namespace: 'worker' }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        format: 'esm',
        target,
        minify: true,
        write: false,
        logLevel: 'warning',
      });
      return { contents: outputFiles[0].contents, loader: 'file' };
    });
  },
};

function compress(path) {
  const bytes = readFileSync(path);
  // The last per cent of megabytes takes as many seconds.
  const quality = bytes.length < 1e6 ? 11 : 9;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
