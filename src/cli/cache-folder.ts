import { homedir } from 'node:os';
import { join } from 'node:path';

/** Names the folder for what segmint keeps for this user and can make again, by the customs of the system. */
export function cacheFolder(): string {
  const base =
    process.env['XDG_CACHE_HOME'] ??
    (process.platform === 'win32' ? process.env['LOCALAPPDATA'] : undefined) ??
    join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(base, 'segmint');
}
