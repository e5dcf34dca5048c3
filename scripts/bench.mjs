// `npm run bench`: compiles, then measures segmint beside the system's ffmpeg in one run.
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureCompiled, root, run } from './setup.mjs';

await build();
ensureCompiled('tsconfig.json', 'build', ['src', 'test', 'bench', 'examples']);
run(process.execPath, [
  '--expose-gc',
  '--enable-source-maps',
  join(root, 'build', 'bench', 'main.js'),
  ...process.argv.slice(2),
]);
