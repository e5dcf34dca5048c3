// Addresses of things that are elsewhere, which a server may play.

/** An address that can be played by its reference. */
export interface PlayableAddress {
  readonly ref: string;
  /** For people. */
  readonly host: string;
}

/**
 * Reads an address that somebody has typed or pasted.
 * @param text - what was typed.
 * @returns undefined when it is not an http or https address.
 */
export function parseAddress(text: string): PlayableAddress | undefined {
  const trimmed = text.trim();
  if (!/^https?:\/\/[^/\s]/i.test(trimmed) || !isUrl(trimmed)) return undefined;
  const url = new URL(trimmed);
  // As the server writes it: what follows # never leaves the browser.
  url.hash = '';
  return { ref: base64url(url.href), host: url.host };
}

function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** `URL.canParse` is younger than some browsers that play. */
function isUrl(text: string): boolean {
  try {
    return new URL(text).hostname !== '';
  } catch {
    return false;
  }
}
