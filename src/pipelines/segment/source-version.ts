import { createHash } from 'node:crypto';
import { engineBuild } from '../../engine/engine-build.js';

/** Raised whenever the same source would give other segments, or other playlists, than before. */
const RECIPE = 13;

/**
 * Derives the version of everything that is made of a source: it changes with the source's bytes, with what makes the
 * segments, and with what decides the bytes beside them.
 * @param identity - of the source.
 * @param settings - what else decides the bytes; plain JSON.
 * @returns twelve hexadecimal digits of a SHA-256; undefined for a source without an identity.
 */
export function deriveVersion(identity: string | undefined, settings: object): string | undefined {
  if (identity === undefined) return undefined;
  const facts = JSON.stringify([RECIPE, engineBuild(), identity, settings]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 12);
}

/**
 * Names a source in the keys of what is kept of it: hashed, because an identity may hold paths and addresses.
 * @param identity - of the source.
 * @returns 22 characters of base64url, of a SHA-256.
 */
export function digestIdentity(identity: string): string {
  return createHash('sha256').update(identity).digest('base64url').slice(0, 22);
}
