import { createHmac, timingSafeEqual } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { RequestError } from '../errors.js';
import { parseReference, writeReference, type Reference } from './reference.js';

/** What links are signed with. Several may be valid at a time, so that one can take the place of another. */
export interface LinkSecret {
  /** Tells secrets apart; stands in the link: 1 to 32 letters, digits, `-` and `_`. */
  readonly id: string;
  /** At least 32 characters of chance, such as `openssl rand -base64 32` gives. */
  readonly key: string;
}

/** What a link opens, and for how long. */
export interface LinkOptions {
  /** The item: of a root by its number and the path below, a URL, or a `<ref>` as `library.json` lists it. */
  readonly item: Reference | string;
  /** When it ends. Whole seconds count. */
  readonly expires: Date;
  /** What it leads to; the page that plays it by default, such as `master.m3u8` for a player of one's own. */
  readonly file?: string;
  /** Whom it was made for, such as the id of a user: it appears in the server's records, and cannot be changed. */
  readonly subject?: string;
}

/** What a signature that is right grants. */
export interface LinkGrant {
  /** Whom the link was made for, where it says so. */
  readonly subject: string | undefined;
  /** When it ends, in seconds since 1970. */
  readonly expires: number;
}

const ID = /^[\w-]{1,32}$/;
const FILE = /^[\w.-]{1,64}$/;
const FORM = /^([\w-]{1,32})\.([1-9]\d{0,11})\.([\w-]{0,256})\.([\w-]{43})$/;
const MIN_KEY_LENGTH = 32;
const MAX_SUBJECT_BYTES = 128;
/** Keeps what is signed here apart from whatever else may be signed with the same secret. */
const PURPOSE = 'segmint-link-1';

/**
 * Makes a link that opens one item, and all that belongs to it, without an API key until it expires.
 * @param secret - one of those that the server knows.
 * @param options - what it opens, and for how long.
 * @returns the path of a URL: `/s/<signature>/m/<ref>/<file>`. All that playlists name is relative to it, and thus signed.
 * @throws {RequestError} when the secret is too weak, or what it is to open makes no sense.
 */
export function signLink(secret: LinkSecret, options: LinkOptions): string {
  checkSecret(secret);
  const { item, expires, file = 'play', subject = '' } = options;
  const ref = writeReference(typeof item === 'string' ? parseReference(item) : item);
  parseReference(ref);
  const seconds = Math.floor(expires.getTime() / 1000);
  if (!(seconds > 0 && seconds < 1e12)) throw new RequestError('The link needs a time when it expires.');
  if (!FILE.test(file)) throw new RequestError(`A link leads to a file such as master.m3u8, not to ${file}.`);
  if (Buffer.byteLength(subject) > MAX_SUBJECT_BYTES) {
    throw new RequestError(`The subject of a link has ${MAX_SUBJECT_BYTES} bytes at most.`);
  }
  const claims = `${secret.id}.${seconds}.${Buffer.from(subject, 'utf8').toString('base64url')}`;
  return `/s/${claims}.${macOf(secret, claims, ref)}/m/${ref}/${file}`;
}

/**
 * Checks a signature.
 * @param secrets - those that are valid.
 * @param signature - as it stands in the URL.
 * @param ref - the item that is asked for, as it stands in the URL.
 * @param nowMs - milliseconds since 1970.
 * @throws {RequestError} `forbidden` when it was not made for this with one of the secrets, or has expired.
 */
export function verifySignature(
  secrets: readonly LinkSecret[],
  signature: string,
  ref: string,
  nowMs: number,
): LinkGrant {
  const [, id, expires = '', subject = '', mac = ''] = FORM.exec(signature) ?? [];
  const secret = secrets.find((one) => one.id === id);
  if (secret === undefined) throw invalid();
  // Compared as text: base64url has several spellings of one value, and a link has one.
  const expected = macOf(secret, `${id}.${expires}.${subject}`, ref);
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) throw invalid();
  if (nowMs >= Number(expires) * 1000) throw new RequestError('This link has expired.', 'forbidden');
  const name = Buffer.from(subject, 'base64url').toString('utf8');
  return { subject: name === '' ? undefined : name, expires: Number(expires) };
}

/**
 * Checks that a secret is fit to sign with.
 * @throws {RequestError} when its id is no id, or its key too short to withstand guessing.
 */
function checkSecret({ id, key }: LinkSecret): void {
  if (!ID.test(id)) {
    throw new RequestError('The id of a link secret has 1 to 32 letters, digits, - and _.');
  }
  if (key.length < MIN_KEY_LENGTH) {
    throw new RequestError(
      `The link secret ${id} has fewer than ${MIN_KEY_LENGTH} characters; openssl rand -base64 32 makes one.`,
    );
  }
}

/**
 * Parses a link secret as people write it: `<id>:<key>`.
 * @throws {RequestError} when it is nothing of the kind, or too weak. The message does not repeat it.
 */
export function parseLinkSecret(text: string): LinkSecret {
  const colon = text.indexOf(':');
  if (colon < 1) throw new RequestError('A link secret is written <id>:<key>.');
  const secret = { id: text.slice(0, colon), key: text.slice(colon + 1) };
  checkSecret(secret);
  return secret;
}

/** Of everything under `/m/<ref>/`; no part can hold the line feed that stands between them. */
function macOf({ key }: LinkSecret, claims: string, ref: string): string {
  return createHmac('sha256', key).update(`${PURPOSE}\n${claims}\n/m/${ref}/`).digest('base64url');
}

function invalid(): RequestError {
  return new RequestError('This link is not a valid one.', 'forbidden');
}
