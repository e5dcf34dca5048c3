/** A client that asks for one thing after another, and leaves before it has it, or after. */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewing } from './viewer.js';

/** The longest that one stays, in milliseconds. */
export const longestStayMs = 400;
/** Between one and the next, in milliseconds. */
const pauseMs = 250;

/**
 * Comes and goes until the signal ends it.
 * @param onDeparture - called each time.
 */
export async function comeAndGo(
  { server, films, userAgent, random, signal }: Omit<Viewing, 'speed' | 'rendition'>,
  onDeparture: () => void,
): Promise<void> {
  const places: URL[] = [];
  for (const film of films)
    places.push(...(await placesOf(new URL(`master.m3u8?src=${film}`, server), signal)));
  while (!signal.aborted) {
    const url = new URL(places[random(places.length)]!);
    url.pathname = url.pathname.replace('<n>', String(random(250)));
    await visit(url, userAgent, random(longestStayMs));
    onDeparture();
    await sleep(random(2 * pauseMs), undefined, { signal }).catch(() => undefined);
  }
}

/** Addresses of a film: playlists, a stream, and the segments of all renditions, whose number stands as `<n>`. */
async function placesOf(short: URL, signal: AbortSignal): Promise<URL[]> {
  const response = await fetch(short, { signal });
  const text = await response.text();
  const uris = [...text.matchAll(/(?:URI="|\n)([^\s"#]+\/playlist\.m3u8)/g)].map(([, uri]) => uri!);
  const master = new URL(response.url);
  return [
    master,
    new URL('stream.mp4?start=60', master),
    ...uris
      .flatMap((uri) => [uri, uri.replace('playlist.m3u8', '<n>.m4s')])
      .map((uri) => new URL(uri, master)),
  ];
}

/** Asks, and leaves after a while, whatever has come by then. */
function visit(url: URL, userAgent: string, stayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, headers: { 'user-agent': userAgent } }, (response) => {
      response.on('error', () => undefined).resume();
    });
    request.on('error', () => undefined).once('close', resolve);
    setTimeout(() => request.destroy(), stayMs);
  });
}
