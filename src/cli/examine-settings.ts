import { access, constants, readdir, statfs, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { RedisSegmentStore } from '../delivery/redis-segment-store.js';
import { makeFolder } from '../io/make-folder.js';
import { isUrl } from '../io/open-source.js';
import { isLoopback } from '../server/host-guard.js';
import { cacheFolder } from './cache-folder.js';
import type { Settings } from './config/settings.js';
import { formatBytes } from './format.js';
import { loadOpeners } from './plugins.js';
import { isRedis } from './store-place.js';
import { storeCheck } from './watch-server.js';

/** What was found of one part of the settings. */
export interface SettingsFinding {
  /** Which part. */
  readonly what: string;
  /** `warning`: it will run, and may not be what is wanted. */
  readonly verdict: 'good' | 'warning' | 'bad';
  /** In words for a person. */
  readonly detail: string;
}

/** Less would be full after a few films. */
const LITTLE_SPACE = 1024 ** 3;

/**
 * Tries what the settings of a server name: whether it would run with them, here and as this user.
 * @param settings - all of them.
 * @param signal - ends it.
 */
export async function examineSettings(settings: Settings, signal: AbortSignal): Promise<SettingsFinding[]> {
  const { host, port, roots, plugin } = settings;
  const findings: Promise<SettingsFinding>[] = [
    ...roots.map((root) =>
      attempt(`root ${isUrl(root) ? new URL(root).host : root}`, () => examineRoot(root)),
    ),
    attempt('store', () => examineStore(settings, signal)),
    attempt(`port ${port} of ${host}`, () => examinePort(host, port)),
    ...(plugin.length === 0
      ? []
      : [attempt('plug-ins', async () => `${(await loadOpeners(plugin)).length} kinds of sources`)]),
    attempt('access', () => Promise.resolve(examineAccess(settings))),
  ];
  return await Promise.all(findings);
}

/** A warning, and not an error. */
interface Doubt {
  readonly doubt: string;
}

async function attempt(what: string, examine: () => Promise<string | Doubt>): Promise<SettingsFinding> {
  try {
    const found = await examine();
    if (typeof found === 'string') return { what, verdict: 'good', detail: found };
    return { what, verdict: 'warning', detail: found.doubt };
  } catch (error) {
    return { what, verdict: 'bad', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function examineRoot(root: string): Promise<string> {
  if (isUrl(root)) return 'a URL; read when it is played';
  await access(root, constants.R_OK);
  if (!(await stat(root)).isDirectory()) return 'a file that can be read';
  return `a folder with ${(await readdir(root)).length} entries`;
}

async function examineStore(
  { store, diskCacheSize }: Settings,
  signal: AbortSignal,
): Promise<string | Doubt> {
  if (store === 'none' || store === 'memory') return store === 'none' ? 'nothing is kept' : 'memory alone';
  if (store !== undefined && isRedis(store)) {
    await using redis = new RedisSegmentStore({ url: store, onOutage: () => undefined });
    await storeCheck(redis).check(signal);
    return 'Redis gives what it was given';
  }
  const folder = store === undefined ? cacheFolder() : resolve(store);
  await makeFolder(folder);
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${folder} can be written to, ${formatBytes(free)} free`;
  if (free < LITTLE_SPACE) return { doubt: `${detail}, which is little` };
  return diskCacheSize !== undefined && diskCacheSize > free
    ? { doubt: `${detail}, less than the ${formatBytes(diskCacheSize)} that may be kept` }
    : detail;
}

async function examinePort(host: string, port: number): Promise<string> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return 'free';
  } finally {
    server.close();
  }
}

/** That keys and secrets are strong enough was a condition of reading them. */
function examineAccess({ host, apiKey, linkSecret, ...settings }: Settings): string | Doubt {
  const isClosed = apiKey.length > 0 || linkSecret.length > 0;
  if (isClosed) return `${apiKey.length} API keys, ${linkSecret.length} secrets of links, all strong enough`;
  if (isLoopback(host)) return 'no key is asked for; only this machine reaches the address';
  return settings.public
    ? { doubt: 'no key is asked for: whoever reaches the address can see everything' }
    : { doubt: 'the server will not start: give keys, or --public' };
}
