// `npm run check`: everything that must hold before a change is done, in the order of the cheapest first.
import { ensureInstalled, run } from './setup.mjs';

ensureInstalled();
for (const step of ['format', 'lint', 'types', 'layers', 'dead', 'unit', 'docs']) {
  console.error(`check: ${step}`);
  run('npm', ['run', '--silent', `check:${step}`]);
}
