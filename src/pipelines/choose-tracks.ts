import { RequestError } from '../errors.js';
import type { AudioTrack, Track, TrackRole, VideoTrack } from '../media/track.js';

/** A track by its container number, `none` to leave the kind out, or undefined for the file's own choice. */
export type TrackChoice = number | 'none' | undefined;

/**
 * Lists the tracks of a kind that may go into the output, best first: the one that is asked for, or all of them, moving
 * pictures before covers, enabled before disabled, then the file's default before others, then what is no commentary and no description for the blind.
 * @param tracks - all tracks of the source.
 * @param type - the kind.
 * @param choice - what the caller wants.
 * @throws {RequestError} when a track is asked for that does not exist or is of another kind.
 */
export function rankTracks<T extends VideoTrack | AudioTrack>(
  tracks: readonly Track[],
  type: T['type'],
  choice: TrackChoice,
): readonly T[] {
  if (choice === 'none') return [];
  const candidates = tracks.filter((track): track is T => track.type === type);
  if (choice === undefined) return candidates.toSorted((a, b) => rank(b) - rank(a));
  const chosen = candidates.filter((track) => track.id === choice);
  if (chosen.length > 0) return chosen;
  const known = candidates.map((track) => track.id).join(', ');
  throw new RequestError(
    `There is no ${type} track ${choice}; ${known === '' ? 'the source has none' : `the ${type} tracks are ${known}`}.`,
    'not_found',
  );
}

/** What accompanies the main presentation comes behind it, also where a file calls all of its tracks the default. */
const ASIDE: ReadonlySet<TrackRole> = new Set(['commentary', 'visually-impaired']);

/** What covers are stored as: beside other video such a track is none of moving pictures, whatever its flags say. */
const STILL: ReadonlySet<string> = new Set(['mjpeg', 'png']);

function rank({ codec, isEnabled, isDefault, roles = [] }: VideoTrack | AudioTrack): number {
  const isMain = !roles.some((role) => ASIDE.has(role));
  return (STILL.has(codec) ? 0 : 8) + (isEnabled ? 4 : 0) + (isDefault ? 2 : 0) + (isMain ? 1 : 0);
}
