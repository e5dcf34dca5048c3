import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

/** Asks a server for a text that has to be there. */
export async function fetchText(url: URL): Promise<string> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url.href);
  return await response.text();
}

/** The MD5 of an object that has to be there, whole. */
export async function fetchHash(url: URL): Promise<string> {
  const response = await fetch(url);
  assert.equal(response.status, 200, url.href);
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.headers.get('content-length'), String(bytes.byteLength));
  return createHash('md5').update(bytes).digest('hex');
}

/**
 * Lists all init segments and segments that a film has for a player.
 * @param server - its address.
 * @param film - its path in the library.
 * @param query - of the master playlist, what the player plays: `video=hevc`; nothing as a rule.
 * @returns paths, a rendition after another.
 */
export async function listObjects(server: string, film: string, query = ''): Promise<string[]> {
  const short = new URL(`master.m3u8?src=${encodeURIComponent(film)}&${query}`, server);
  const response = await fetch(short);
  const master = await response.text();
  const playlists = new Set(master.match(/[\w-]+\/playlist\.m3u8/g));
  assert.ok(playlists.size > 0, master);
  const objects: string[] = [];
  for (const playlist of playlists) {
    const url = new URL(playlist, response.url);
    const names = (await fetchText(url)).match(/\w+\.(?:mp4|m4s)/g) ?? [];
    objects.push(...names.map((name) => new URL(name, url).pathname));
  }
  return objects;
}
