// What the server answers, and asking it.
import { playerQuery } from './abilities.js';
import { addressOf } from './place.js';
import { Problem, problemOf } from './words.js';

/** A file or address that can be played, as `GET /library.json` lists it. */
export interface LibraryItem {
  readonly ref: string;
  /** Below its root, with `/` between its parts. */
  readonly path: string;
  /** The name of its root. */
  readonly root: string;
  /** Bytes; absent for what is elsewhere. */
  readonly size?: number;
  readonly modifiedMs?: number;
}

/** `GET /library.json`. */
export interface LibraryListing {
  readonly items: readonly LibraryItem[];
  /** There are more than can be listed. */
  readonly isTruncated: boolean;
}

/**
 * Asks for the library.
 * @throws {Problem} when the server refuses, with what it says.
 */
export async function fetchLibrary(): Promise<LibraryListing> {
  return await fetchJson('/library.json');
}

/** What is known of an item: what the player and the explanation are made of. */
export interface ItemInfo {
  readonly ref: string;
  readonly name: string;
  readonly title?: string;
  readonly container: string;
  readonly durationMs?: number;
  readonly size?: number;
  readonly tracks: readonly TrackInfo[];
}

/** One track of an item. */
export interface TrackInfo {
  readonly id: number;
  readonly type: 'video' | 'audio' | 'subtitle';
  readonly codec: string;
  readonly codecTag: string;
  readonly language: string;
  readonly name?: string;
  readonly isDefault: boolean;
  readonly isForced: boolean;
  readonly video?: { readonly width: number; readonly height: number };
  readonly audio?: { readonly sampleRate: number; readonly channels: number };
  readonly action: 'copy' | 'transcode' | 'drop';
  readonly reason: string;
}

/**
 * Asks what an item is, for what this browser plays.
 * @throws {Problem} when the server refuses, with what it says.
 */
export async function fetchInfo(ref: string, signal?: AbortSignal): Promise<ItemInfo> {
  return await fetchJson(addressOf(ref, `info.json?${await playerQuery()}`), signal);
}

async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new Problem(await problemOf(response));
  return (await response.json()) as T;
}
