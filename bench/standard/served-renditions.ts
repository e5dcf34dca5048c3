/** HLS as a server offers it, and how long its segments take. */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import type { RunningServer } from './first-fragment.js';

/** One rendition of a file on a server. */
export interface ServedRendition {
  /** What it holds. */
  readonly kind: 'video' | 'audio';
  /** URLs of its segments. */
  readonly segments: readonly URL[];
  /** When each begins, in seconds. */
  readonly starts: readonly number[];
}

/** Opens a file's HLS on a server: the video renditions, and the first of the audio. */
export async function openRenditions(server: RunningServer, path: string): Promise<ServedRendition[]> {
  const short = await request(
    new URL(`master.m3u8?ladder=none&src=${encodeURIComponent(basename(path))}`, server.url),
  );
  short.resume();
  const master = new URL(short.headers.location ?? '', server.url);
  const text = await fetchText(master);
  const audio = [...text.matchAll(/TYPE=AUDIO.*URI="([^"]+)"/g)].map((match) => match[1]!);
  const video = text.split('\n').filter((line) => line.length > 0 && !line.startsWith('#'));
  const open = async (kind: 'video' | 'audio', uri: string): Promise<ServedRendition> => {
    const url = new URL(uri, master);
    const playlist = await fetchText(url);
    const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));
    const names = playlist.split('\n').filter((line) => line.endsWith('.m4s'));
    let time = 0;
    const starts = durations.map((duration) => (time += duration) - duration);
    return { kind, segments: names.map((name) => new URL(name, url)), starts };
  };
  return [
    ...(await Promise.all(video.map((uri) => open('video', uri)))),
    ...(await Promise.all(audio.slice(0, 1).map((uri) => open('audio', uri)))),
  ];
}

/** Milliseconds from the request until the last byte is here. */
export async function fetchMs(url: URL): Promise<number> {
  const startedAt = performance.now();
  const response = await request(url);
  response.resume();
  await new Promise((resolve) => response.once('close', resolve));
  return performance.now() - startedAt;
}

async function fetchText(url: URL): Promise<string> {
  const response = await request(url);
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += part as string;
  return text;
}

function request(url: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      const { statusCode } = response;
      if (statusCode === 200 || statusCode === 302) resolve(response);
      else reject(new RangeError(`${url.href} was answered with ${statusCode ?? 'nothing'}.`));
    }).once('error', reject);
  });
}
