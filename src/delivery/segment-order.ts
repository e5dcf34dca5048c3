import { parseRenditionId } from '../pipelines/segment/rendition-id.js';
import type { SegmentBytes } from '../pipelines/segment/segmented-media.js';
import { digestIdentity } from '../pipelines/segment/source-version.js';
import type { MediaLoan } from './media-shelf.js';
import type { Watched } from './prefetcher.js';
import type { WorkKind } from './scheduler.js';

/** Which object of a rendition: its init segment, or a segment by its number from 0. */
export type SegmentName = 'init' | number;

/** An object of a rendition, as far as its making goes. */
export interface SegmentOrder {
  /** Id of the rendition. */
  readonly rendition: string;
  /** Which of its objects. */
  readonly name: SegmentName;
  /** What its making uses. */
  readonly kind: WorkKind;
  /** Of its track. */
  readonly type: 'video' | 'audio' | 'subtitle';
  /** Names its bytes; undefined where nothing does, and nothing may be kept or shared. */
  readonly key: string | undefined;
}

/**
 * Whether what is made of a media may be kept by anyone: its renditions then carry the version of the source in their
 * names.
 */
export function isVersioned({ identity, media }: MediaLoan): boolean {
  return identity !== undefined && media.version !== undefined;
}

/** A rendition that is neither video nor audio. */
const OTHER = { form: 'copy', type: 'subtitle' } as const;

/**
 * Says what is to be made.
 * @param loan - the media.
 * @param rendition - id of one of its renditions.
 * @param name - which of its objects.
 */
export function orderOf(loan: MediaLoan, rendition: string, name: SegmentName): SegmentOrder {
  const { form, type } = parseRenditionId(rendition)?.name ?? OTHER;
  // How an encoder declares its output is asked once, and its engines have a queue of their own.
  const isCopied = name === 'init' || form === 'copy';
  const kind = !isCopied ? 'encode' : loan.isLocal ? 'copy' : 'fetch';
  return { rendition, name, kind, type, key: keyOf(loan, rendition, name) };
}

/**
 * Makes what is ordered.
 * @param loan - the media.
 * @param order - which of its objects.
 * @param signal - ends it.
 */
export async function makeOrdered(
  { media }: MediaLoan,
  { rendition, name }: SegmentOrder,
  signal: AbortSignal,
): Promise<SegmentBytes> {
  if (name === 'init') return await media.initSegment(rendition, { signal });
  return await media.segment(rendition, name, { signal });
}

/**
 * Says what a player's request tells of the ones to come.
 * @param loan - the media.
 * @param order - what it asked for.
 * @param number - of the segment.
 * @returns undefined when nothing is worth making ahead.
 */
export function watchedBy(
  { media, identity, viewer, isLocal }: MediaLoan,
  { kind, type, rendition }: SegmentOrder,
  number: number,
): Watched | undefined {
  // Text is small, and what it is read from is played as well.
  if (type === 'subtitle') return undefined;
  const isShort = parseRenditionId(rendition)?.name.isShort === true;
  const depth = kind === 'encode' ? encodedDepth(type, isShort) : copiedDepth(isLocal);
  if (depth === 0 || identity === undefined) return undefined;
  return { viewer, source: identity, type, rendition, number, count: media.segmentCount(rendition), depth };
}

/** How many encoded segments ahead are worth making: some twelve seconds of video; audio is cheap, and small. */
function encodedDepth(type: 'video' | 'audio', isShort: boolean): number {
  return type === 'audio' || isShort ? 4 : 2;
}

/** The same of copied ones: what lies on this machine is copied at once. */
function copiedDepth(isLocal: boolean): number {
  return isLocal ? 0 : 1;
}

/**
 * The name under which bytes are kept. The rendition's holds the version, but a short one; the identity keeps sources
 * apart for certain.
 */
function keyOf(loan: MediaLoan, rendition: string, name: SegmentName): string | undefined {
  if (loan.identity === undefined || !isVersioned(loan)) return undefined;
  return `${digestIdentity(loan.identity)}/${rendition}/${name}`;
}
