import { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { RequestError } from '../errors.js';

const MIN_LENGTH = 20;
const MAX_LENGTH = 256;
/** Without the comma, which divides lists in the environment. */
const FORM = /^[\x21-\x2b\x2d-\x7e]+$/;
/** Longer than any key: what is hashed for a stranger is bounded. */
const MAX_HEADER = 1024;

/** The keys that open a server, kept as their hashes. */
export class ApiKeys {
  readonly #hashes: readonly Uint8Array[];

  /**
   * @param keys - each of at least 20 visible ASCII characters.
   * @throws {RequestError} when one is none. The message does not repeat it.
   */
  constructor(keys: readonly string[]) {
    this.#hashes = keys.map((key) => hashOf(checkApiKey(key)));
  }

  /** How many there are. */
  get size(): number {
    return this.#hashes.length;
  }

  /**
   * Whether an `Authorization` header holds one of the keys: as a bearer token, or as the password of whatever user, which
   * is how browsers ask people for it.
   * @param header - as it came.
   * @see RFC 6750, section 2.1 (Bearer) and RFC 7617, section 2 (Basic)
   */
  isIn(header: string | undefined): boolean {
    if (header === undefined || header.length > MAX_HEADER) return false;
    const [, scheme = '', credentials = ''] = /^([a-z]+) +(\S+) *$/i.exec(header) ?? [];
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return this.#isKey(credentials);
      case 'basic':
        return this.#isKey(passwordIn(credentials));
      default:
        return false;
    }
  }

  /** Hashes have one length, and all are compared: the time tells neither how much of a key is right nor which it is. */
  #isKey(text: string): boolean {
    const hash = hashOf(text);
    return this.#hashes.reduce((found, each) => timingSafeEqual(each, hash) || found, false);
  }
}

/**
 * Checks that a key is fit to be one.
 * @returns it.
 * @throws {RequestError} when it is too short to withstand guessing, or cannot stand in a header.
 */
export function checkApiKey(key: string): string {
  if (key.length >= MIN_LENGTH && key.length <= MAX_LENGTH && FORM.test(key)) return key;
  throw new RequestError(
    `An API key has ${MIN_LENGTH} to ${MAX_LENGTH} visible ASCII characters; openssl rand -hex 20 makes one.`,
  );
}

function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

function hashOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
