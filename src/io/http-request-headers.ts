import { Buffer } from 'node:buffer';
import { RequestError } from '../errors.js';

/** What requests are made of here, and what belongs to one connection: nobody else's to say. */
const OWN =
  /^(accept-encoding|connection|content-.*|expect|host|if-.*|keep-alive|proxy-.*|range|te|trailer|transfer-encoding|upgrade)$/;

/** What goes to another origin too, when a redirect leads there. Whatever else was given may be a secret. */
const FOR_ALL = new Set(['accept', 'accept-language', 'origin', 'referer', 'user-agent']);

/**
 * Checks the headers that somebody wants to have sent with each request of a source.
 * @returns them, in lower case.
 * @throws {RequestError} when one of them is not his to set, or is none.
 */
export function checkRequestHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    const isHeader = /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isHeader) throw new RequestError(`${JSON.stringify(given)} is not a header that can be sent.`);
    if (OWN.test(name)) throw new RequestError(`The header ${name} cannot be set: segmint sets it itself.`);
    checked[name] = value;
  }
  return checked;
}

/**
 * The headers for one request of a source.
 * @param given - the source's own, in lower case.
 * @param target - what is asked for.
 * @param home - where the source's address points to. Secrets are sent to its origin only.
 */
export function requestHeaders(
  given: Readonly<Record<string, string>>,
  target: URL,
  home: URL,
): Record<string, string> {
  const isHome = target.origin === home.origin;
  const headers: Record<string, string> = { 'user-agent': 'segmint', 'accept-encoding': 'identity' };
  if (isHome && (home.username !== '' || home.password !== '')) {
    const userInfo = `${decoded(home.username)}:${decoded(home.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(userInfo).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(given)) {
    if (isHome || FOR_ALL.has(name)) headers[name] = value;
  }
  return headers;
}

/** A percent sign that begins nothing stands for itself: URLs leave it as it was written. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
