// `npm run build`: makes dist/, what the package ships.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompiled, ensureInstalled, root } from './setup.mjs';

export function build() {
  ensureInstalled();
  ensureCompiled('tsconfig.dist.json', 'dist', ['src']);
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
}

if (process.argv[1] === import.meta.filename) build();
