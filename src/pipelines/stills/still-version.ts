import { deriveVersion } from '../segment/source-version.js';

/** Raised whenever the same source would give other stills than before. */
const STILL_RECIPE = 1;

/**
 * Derives the version of the stills of a source: it changes with its bytes, and with what makes them.
 * @param identity - of the source.
 * @returns undefined for a source without an identity: nothing of it may be kept.
 */
export function stillVersionOf(identity: string | undefined): string | undefined {
  return deriveVersion(identity, { stills: STILL_RECIPE });
}
