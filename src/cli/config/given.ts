import { distance } from 'fastest-levenshtein';
import { RequestError } from '../../errors.js';
import { keyOf, SETTING_NAMES, settingOf, type SettingName } from './settings.js';

/** A value as somebody wrote it. */
export interface Given {
  /** As it was read: not checked. */
  readonly value: unknown;
  /** Where it stands, for people: `--port`, `SEGMINT_PORT`, `segmint.yaml:3: port`. */
  readonly place: string;
  /** Where a part of it stands, by the indexes and keys that lead there. */
  readonly placeOf?: (path: readonly PropertyKey[]) => string;
  /** The folder that relative paths in it are taken from; the working one when absent. */
  readonly folder?: string;
}

/** What one place says. */
export type Layer = ReadonlyMap<SettingName, Given>;

/** What a name in a place stands for: a setting, or the file that a secret one is read from. */
export interface Meaning {
  readonly name: SettingName;
  readonly isFileOfIt: boolean;
}

/**
 * Finds what a name in a file stands for.
 * @param key - such as `cache-size` or `api-key-file`.
 * @returns undefined when there is no such setting.
 */
export function meaningOf(key: string): Meaning | undefined {
  for (const name of SETTING_NAMES) {
    if (key === keyOf(name)) return { name, isFileOfIt: false };
    if (settingOf(name).hides !== undefined && key === `${keyOf(name)}-file`)
      return { name, isFileOfIt: true };
  }
  return undefined;
}

/** All names that mean something. */
export function knownKeys(): string[] {
  return SETTING_NAMES.flatMap((name) =>
    settingOf(name).hides === undefined ? [keyOf(name)] : [keyOf(name), `${keyOf(name)}-file`],
  );
}

/**
 * The error for a name that means nothing.
 * @param name - as it was written.
 * @param place - where.
 * @param known - what it might have been.
 */
export function unknownSetting(name: string, place: string, known: readonly string[]): RequestError {
  const folded = name.toLowerCase().replaceAll('_', '-');
  const near = known
    .map((candidate) => ({
      candidate,
      distance: distance(folded, candidate.toLowerCase().replaceAll('_', '-')),
    }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = near !== undefined && near.distance <= Math.max(2, name.length / 4);
  const hint = isNear ? `; did you mean ${near.candidate}?` : '.';
  return new RequestError(`${place}: there is no setting ${name}${hint}`);
}
