// `npm run build`: makes dist/ and web/dist/, what the package ships.
import { ensureInstalled, ensureProgram, ensureWeb } from './setup.mjs';

export async function build() {
  ensureInstalled();
  await ensureProgram();
  await ensureWeb();
}

if (process.argv[1] === import.meta.filename) await build();
