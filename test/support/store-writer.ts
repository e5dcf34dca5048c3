/** A process that keeps random objects in a folder until it is killed: `store-writer <folder> <seed> <maxBytes>`. */
import { Buffer } from 'node:buffer';
import { DiskSegmentStore } from '../../src/delivery/disk-segment-store.js';
import { seededRandom } from './seeded-random.js';
import { objectOf } from './segment-store-contract.js';

const [folder = '', seed = '', maxBytes = ''] = process.argv.slice(2);
const random = seededRandom(seed);
const store = await DiskSegmentStore.open({ folder, maxBytes: Number(maxBytes) });
for (let i = 0; ; i++) {
  const key = `${random(200)}`;
  const object = objectOf(key, 1000 + Number(key) * 1000);
  const found = await store.get(key);
  if (found !== undefined && Buffer.compare(found, object) !== 0) process.exit(3);
  if (found === undefined) await store.put(key, [object.subarray(0, 700), object.subarray(700)]);
  // Told when there is something to be killed in the middle of.
  if (i === 5) process.stdout.write('writing\n');
}
