// What the viewer chose before: languages. Loudness is remembered by the controls themselves.
import { readStored, writeStored } from '../shared/storage.js';

/** What is remembered from one item to the next. */
export interface Preferences {
  /** BCP-47. */
  readonly audio?: string;
  /** BCP-47; empty when none are wanted. */
  readonly subtitles?: string;
}

const KEY = 'segmint:preferences';

/** Reads what the viewer chose before. */
export function readPreferences(): Preferences {
  const { audio, subtitles } = (readStored(KEY) ?? {}) as Partial<Record<string, unknown>>;
  return {
    ...(typeof audio === 'string' ? { audio } : {}),
    ...(typeof subtitles === 'string' ? { subtitles } : {}),
  };
}

/** Remembers a choice, beside the others. */
export function rememberPreference(choice: Preferences): void {
  writeStored(KEY, { ...readPreferences(), ...choice });
}
