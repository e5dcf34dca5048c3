// `npm run build`: makes dist/ and web/dist/, what the package ships.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCompiled, ensureInstalled, ensureWeb, root } from './setup.mjs';

export async function build() {
  ensureInstalled();
  ensureCompiled('tsconfig.dist.json', 'dist', ['src']);
  await ensureWeb();
  chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755);
}

if (process.argv[1] === import.meta.filename) await build();
