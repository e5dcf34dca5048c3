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

/** A folder that has a picture of its own. */
export interface PicturedFolder {
  /** The name of its root. */
  readonly root: string;
  /** Below its root, with `/` between its parts; empty for the root itself. */
  readonly path: string;
  /** Names the picture. */
  readonly picture: string;
}

/** `GET /library.json`. */
export interface LibraryListing {
  readonly items: readonly LibraryItem[];
  readonly folders: readonly PicturedFolder[];
  /** There are more than can be listed. */
  readonly isTruncated: boolean;
  /** The folders are still being read for the first time: there may be more. */
  readonly isScanning?: boolean;
  /** Which addresses may be played. */
  readonly remote?: RemoteOffer;
}

/** Which addresses the server plays. */
export interface RemoteOffer {
  readonly allowed: boolean;
  /** Those of these hosts; of every public one when absent. */
  readonly hosts?: readonly string[];
}

/** What is shown of an item in a list, as `GET /library/details` says it. */
export interface ItemDetails {
  readonly durationMs?: number;
  readonly video?: {
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    readonly isHdr: boolean;
  };
  /** BCP-47 tags. */
  readonly audio?: readonly string[];
  readonly subtitles?: readonly string[];
  /** Whether it has a picture by which it is known. */
  readonly hasPoster?: boolean;
  /** Why nothing is known. */
  readonly problem?: string;
}

/**
 * Asks for the library.
 * @throws {Problem} when the server refuses, with what it says.
 */
export async function fetchLibrary(signal?: AbortSignal): Promise<LibraryListing> {
  return await fetchJson('/library.json', signal);
}

/**
 * Asks for what is shown of several items in a list.
 * @returns it by their references.
 * @throws {Problem} when the server refuses, with what it says.
 */
export async function fetchDetails(
  refs: readonly string[],
  signal?: AbortSignal,
): Promise<Readonly<Record<string, ItemDetails>>> {
  const { items } = await fetchJson<{ readonly items: Readonly<Record<string, ItemDetails>> }>(
    `/library/details?refs=${refs.join(',')}`,
    signal,
  );
  return items;
}

/**
 * Finds out whether an item can be read, without regard to what this browser plays.
 * @throws {Problem} when it cannot, with what the server says.
 */
export async function checkItem(ref: string, signal?: AbortSignal): Promise<void> {
  await fetchItem(`/m/${ref}/info.json?hls=none`, signal);
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
  readonly chapters: readonly ChapterInfo[];
  readonly subtitles?: readonly SubtitleInfo[];
  readonly attachments?: readonly AttachmentInfo[];
  /** Relative to the item; absent where there is no picture. */
  readonly poster?: string;
  /** Relative to the item: a WebVTT file of pictures; absent where there are none. */
  readonly thumbnails?: string;
  readonly hls?: HlsOffer;
}

/** An item as HLS. */
export interface ReadyHls {
  readonly state: 'ready';
  /** Absent where there is no video. */
  readonly index?: IndexInfo;
  readonly plan: PlanInfo;
  readonly renditions: readonly RenditionInfo[];
}

/** Where playing can begin. */
export interface IndexInfo {
  /** `cues`: the file's own; `repaired`: with parts that were scanned; `scan`: there was none of use. */
  readonly origin: string;
  readonly keyframes: number;
  /** How many of them were looked at. */
  readonly tested: number;
  readonly largestGapSeconds: number;
  /** What was wrong with the file's own, in words. */
  readonly faults: readonly string[];
}

/** How an item is cut. */
export interface PlanInfo {
  /** How many. */
  readonly segments: number;
  readonly durationSeconds: number;
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/** Whether an item can be had as HLS, and what it is then. */
export type HlsOffer =
  | ReadyHls
  /** It is being found out: ask again. */
  | { readonly state: 'pending' }
  | { readonly state: 'unavailable'; readonly error: { readonly code: string; readonly message: string } };

/** One form of a track in segments. */
export interface RenditionInfo {
  /** The name of its folder. */
  readonly id: string;
  readonly type: 'video' | 'audio';
  readonly trackId: number;
  /** Pixels; absent for what is as high as the source. */
  readonly height?: number;
  readonly decision: { readonly action: TrackInfo['action']; readonly reason: string };
}

/** A chapter. */
export interface ChapterInfo {
  readonly startNs: number;
  readonly endNs?: number;
  readonly titles: readonly { readonly language: string; readonly title: string }[];
}

/** Subtitles that can be shown. */
export interface SubtitleInfo {
  readonly id: number | string;
  /** Text that the browser shows; text with styles of its own; or pictures. */
  readonly kind: 'text' | 'styled' | 'bitmap';
  readonly codec: string;
  readonly language: string;
  readonly name?: string;
  readonly isDefault: boolean;
  readonly isForced: boolean;
  readonly isHearingImpaired: boolean;
  /** In the film, or a file beside it. */
  readonly source: 'track' | 'file';
  /** WebVTT, relative to the item; absent for pictures. */
  readonly url?: string;
  /** As they are stored, relative to the item. */
  readonly original?: string;
  readonly originalType?: 'ass' | 'pgs' | 'vobsub';
}

/** A file that travels in an item, such as a font. */
export interface AttachmentInfo {
  readonly url: string;
  readonly mimeType: string;
  readonly name: string;
  readonly isFont: boolean;
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
  readonly video?: {
    readonly width: number;
    readonly height: number;
    /** Where the file tells. */
    readonly framesPerSecond?: number;
  };
  readonly audio?: { readonly sampleRate: number; readonly channels: number };
  readonly action: 'copy' | 'transcode' | 'drop';
  readonly reason: string;
}

/**
 * The address of the picture by which an item is known.
 * @param ref - names the item.
 * @param width - one of those that the server has, in pixels.
 */
export function posterAddress(ref: string, width: PosterWidth): string {
  return addressOf(ref, `poster.jpg?${pictureQuery(width)}`);
}

/** The address of the picture that lies in a folder. */
export function folderPictureAddress(picture: string, width: PosterWidth): string {
  return `/library/pictures/${picture}?${pictureQuery(width)}`;
}

/** Widths that the server has, in pixels. */
export type PosterWidth = 320 | 640 | 1280;

/** That there is none is no error: the browser would write it into its console. */
function pictureQuery(width: PosterWidth): string {
  return `width=${width}&absent=empty`;
}

/**
 * Asks what an item is, for what this browser plays.
 * @throws {Problem} when the server refuses, with what it says.
 */
export async function fetchInfo(ref: string, signal?: AbortSignal): Promise<ItemInfo> {
  return await fetchItem(addressOf(ref, `info.json?${await playerQuery()}`), signal);
}

/** That an item cannot be had is told like any other fact: the browser would write an error into its console. */
async function fetchItem(url: string, signal?: AbortSignal): Promise<ItemInfo> {
  const response = await fetchWell(`${url}&failure=inside`, signal);
  const told = (await response.json()) as ItemInfo | RefusedItem;
  if (!('error' in told)) return told;
  const requestId = response.headers.get('x-request-id');
  throw new Problem({ ...told.error, status: told.status, ...(requestId !== null && { requestId }) });
}

/** Why an item cannot be had. */
interface RefusedItem {
  readonly error: { readonly code: string; readonly message: string };
  readonly status: number;
}

async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await fetchWell(url, signal)).json()) as T;
}

async function fetchWell(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new Problem(await problemOf(response));
  return response;
}
