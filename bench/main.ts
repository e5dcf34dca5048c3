/** `npm run bench [-- <name>] [options]`: measures, and says what was measured. Without a name, the standard table. */
import { workInChild } from './standard/worker.js';

const benches: Readonly<Record<string, () => Promise<{ run(args: string[]): Promise<void> }>>> = {
  standard: () => import('./standard.js'),
  'aac-encoders': () => import('./aac-encoders.js'),
};

const [first, ...rest] = process.argv.slice(2);
if (first === 'worker') {
  await workInChild(rest[0]!);
} else {
  const isNamed = first !== undefined && !first.startsWith('-');
  const load = benches[isNamed ? first : 'standard'];
  if (load === undefined) {
    console.error(`There is no bench ${first}; there are ${Object.keys(benches).join(', ')}.`);
    process.exitCode = 2;
  } else {
    const bench = await load();
    await bench.run(isNamed ? rest : process.argv.slice(2));
  }
}
