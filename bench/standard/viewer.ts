/** One viewer of HLS, who asks as hls.js does: over connections that are kept, sound and pictures side by side. */
import { Buffer } from 'node:buffer';
import { Agent, get } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { OverloadedError } from '../../src/errors.js';

/** What all viewers have seen. */
export interface Sightings {
  /** Milliseconds from each request for a segment until its last byte. */
  readonly segmentMs: number[];
  /** The same of playlists and init segments. */
  readonly otherMs: number[];
  /** Bytes of all answers. */
  bytes: number;
  /** How often they were told to come again later. */
  refusals: number;
  /** What went wrong, and how often. */
  readonly failures: Record<string, number>;
}

/** What nobody has seen yet. */
export function noSightings(): Sightings {
  return { segmentMs: [], otherMs: [], bytes: 0, refusals: 0, failures: {} };
}

/** An answer with 503. */
class Refusal extends OverloadedError {
  readonly retryAfterMs: number;

  constructor(retryAfter: string | undefined) {
    super('told to come again later');
    this.retryAfterMs = Number(retryAfter) * 1000;
  }
}

/** How a viewer watches. */
export interface Viewing {
  /** Address of the server. */
  readonly server: string;
  /** Names of the films. */
  readonly films: readonly string[];
  /** Film seconds that pass in a second. */
  readonly speed: number;
  /** What it calls itself: the server tells viewers at one address apart by that. */
  readonly userAgent: string;
  /** Gives a whole number below the one given. */
  readonly random: (below: number) => number;
  /** Which of the video renditions: the first is copied where it can be, the last is small and encoded. */
  readonly rendition: 'first' | 'last';
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

interface Rendition {
  readonly init: URL;
  readonly segments: readonly { readonly url: URL; readonly start: number }[];
}

/** How far ahead hls.js loads, in seconds. */
const bufferSeconds = 30;
/** How long a viewer stays at a place before the next, in seconds of the film. */
const shortestStay = 40;
const longestStay = 160;

/** Watches films from one place after another until the signal ends it. */
export async function watch(viewing: Viewing, seen: Sightings): Promise<void> {
  const { films, random, signal, server, userAgent } = viewing;
  const headers = { 'accept-encoding': 'gzip', 'user-agent': userAgent };
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  try {
    while (!signal.aborted) {
      const ask = (url: URL, times: number[]): Promise<Uint8Array> =>
        request(url, { agent, headers, signal }, times, seen);
      try {
        const film = films[random(films.length)]!;
        const short = new URL(`master.m3u8?src=${film}`, server);
        const renditions = await openRenditions(short, viewing.rendition, ask, seen);
        await Promise.all(renditions.map(({ init }) => ask(init, seen.otherMs)));
        const place = random(1000) / 1000;
        const stay = shortestStay + random(longestStay - shortestStay);
        await Promise.all(renditions.map((rendition) => play(rendition, place, stay, viewing, ask, seen)));
      } catch (error) {
        if (isOver(signal)) return;
        // Who asks for too much is told so, and that is no failure; of what is copied there is never too much.
        if (error instanceof Refusal && viewing.rendition === 'last') {
          seen.refusals++;
          await sleep(error.retryAfterMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        const name = error instanceof Error ? error.message : String(error);
        seen.failures[name] = (seen.failures[name] ?? 0) + 1;
        // As a player does, so that a server that fails is not asked the faster for it.
        await sleep(500);
      }
    }
  } finally {
    agent.destroy();
  }
}

type Ask = (url: URL, times: number[]) => Promise<Uint8Array>;

/** Asks for the playlists of one form of the pictures, and of the first sound. */
async function openRenditions(
  short: URL,
  which: Viewing['rendition'],
  ask: Ask,
  seen: Sightings,
): Promise<Rendition[]> {
  const location = textOf(await ask(short, seen.otherMs));
  const master = new URL(location, short);
  const text = textOf(await ask(master, seen.otherMs));
  const audio = /TYPE=AUDIO.*URI="([^"]+)"/.exec(text)?.[1];
  const videos = text.split('\n').filter((line) => line.length > 0 && !line.startsWith('#'));
  const uris = [videos.at(which === 'first' ? 0 : -1), audio].filter((uri) => uri !== undefined);
  return await Promise.all(
    uris.map(async (uri) => {
      const url = new URL(uri, master);
      const playlist = textOf(await ask(url, seen.otherMs));
      let time = 0;
      const segments = [...playlist.matchAll(/#EXTINF:([\d.]+),\n(.+)/g)].map(([, duration, name]) => {
        const start = time;
        time += Number(duration);
        return { url: new URL(name!, url), start };
      });
      return { init: new URL('init.mp4', url), segments };
    }),
  );
}

async function play(
  { segments }: Rendition,
  place: number,
  staySeconds: number,
  { speed, signal }: Viewing,
  ask: Ask,
  seen: Sightings,
): Promise<void> {
  const from = Math.floor(place * segments.length);
  const { start: zero } = segments[from]!;
  const begunAt = performance.now();
  for (const { url, start } of segments.slice(from)) {
    if (start - zero > staySeconds) return;
    const waitMs = ((start - zero - bufferSeconds) / speed) * 1000 - (performance.now() - begunAt);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    await ask(url, seen.segmentMs);
  }
}

/** Gives an answer's body, or where it leads; counts it only when it is whole. */
async function request(
  url: URL,
  options: RequestOptions,
  times: number[],
  seen: Sightings,
): Promise<Uint8Array> {
  const askedAt = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, options, resolve).once('error', reject);
  });
  const { statusCode, headers } = response;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (times === seen.otherMs) chunks.push(chunk);
  }
  if (statusCode === 302) return new TextEncoder().encode(headers.location);
  if (statusCode === 503) throw new Refusal(headers['retry-after']);
  if (statusCode !== 200) throw new RangeError(`answered with ${statusCode ?? 'nothing'}`);
  if (length !== Number(headers['content-length'] ?? length)) throw new RangeError('cut short');
  times.push(performance.now() - askedAt);
  seen.bytes += length;
  const body = Buffer.concat(chunks);
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** Asked anew: it may have come while something was waited for. */
function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
