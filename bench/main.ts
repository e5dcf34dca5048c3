/** `npm run bench [-- <name>] [options]`: measures, and says what was measured. Without a name, the standard table. */
import { watchInChild } from './standard/viewer-load.js';
import { workInChild } from './standard/worker.js';

const benches: Readonly<Record<string, () => Promise<{ run(args: string[]): Promise<void> }>>> = {
  standard: () => import('./standard.js'),
  'aac-encoders': () => import('./aac-encoders.js'),
};

const [first, ...rest] = process.argv.slice(2);
if (first === 'worker') {
  await workInChild(rest[0]!);
} else if (first === 'viewers-worker') {
  await watchInChild(rest[0]!);
} else {
  const named = first === undefined ? undefined : benches[first];
  const bench = await (named ?? benches['standard']!)();
  await bench.run(named === undefined ? process.argv.slice(2) : rest);
}
