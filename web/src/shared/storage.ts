// What the browser keeps for this page. It may be switched off, full, or hold what another version wrote.

/** Reads a JSON value; undefined when there is none. */
export function readStored(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a JSON value, where that is possible. */
export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The page works without.
  }
}

/** Forgets a value. */
export function forgetStored(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // There was none.
  }
}

/** Keys that begin so. */
export function storedKeys(prefix: string): readonly string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}
