import { MalformedMediaError } from '../../errors.js';
import { findBox, openFullBox, readText, viewChildren, type BoxView } from '../box-view.js';
import type { Handler } from '../boxes/hdlr.js';
import { parseTkhd, type ParsedTrackHeader } from '../boxes/tkhd.js';
import { LIMITS } from './limits.js';

/** A `trak` with the boxes that say what it is. */
export interface TrakView {
  /** The box. */
  readonly box: BoxView;
  /** `tkhd`. */
  readonly header: ParsedTrackHeader;
  /** Its children. */
  readonly children: readonly BoxView[];
  /** Tracks that hold the chapters of this one. */
  readonly chapterTrackIds: readonly number[];
}

/**
 * Views a TrackBox.
 * @throws {MalformedMediaError} when it has no header.
 * @see ISO/IEC 14496-12 - 8.3
 */
export function viewTrak(box: BoxView): TrakView {
  const children = viewChildren(box);
  const header = parseTkhd(demandBox(children, 'tkhd', box));
  const tref = findBox(children, 'tref');
  const chap = tref && findBox(viewChildren(tref), 'chap');
  const chapterTrackIds: number[] = [];
  if (chap !== undefined) {
    const view = new DataView(chap.body.buffer, chap.body.byteOffset, chap.body.byteLength);
    for (let at = 0; at + 4 <= chap.body.length && at < 4 * LIMITS.tracks; at += 4) {
      const id = view.getUint32(at);
      if (id !== header.trackId) chapterTrackIds.push(id);
    }
  }
  return { box, header, children, chapterTrackIds };
}

/**
 * Finds a box that must be there.
 * @throws {MalformedMediaError} when it is not.
 */
export function demandBox(boxes: readonly BoxView[], type: string, parent: BoxView): BoxView {
  const found = findBox(boxes, type);
  if (found !== undefined) return found;
  throw new MalformedMediaError(`The ${parent.type} box lacks its ${type} box.`, {
    context: { element: parent.type, offset: parent.offset, spec: 'ISO/IEC 14496-12 - 6.2.3' },
  });
}

/** Names that writers give to every track tell nothing. */
const MEANINGLESS_NAME = /handle|media file|core media|^apple|google|gpac|bento4|mainconcept|^\W*$/i;

/** Finds the track's title: its own, or the handler's where that is more than what writers put there. */
export function trackName({ children }: TrakView, handler: Handler): string | undefined {
  const udta = findBox(children, 'udta');
  const box = udta && findBox(viewChildren(udta), 'name');
  if (box !== undefined && box.body.length <= LIMITS.textBytes) {
    // ISO's is a text with a version before it in 3GP, QuickTime's is the text alone.
    const isFull = box.body.length >= 4 && box.body[0] === 0;
    const { cursor } = openFullBox(isFull ? box : { ...box, body: prefixed(box.body) });
    const name = readText(cursor).trim();
    if (name !== '') return name;
  }
  const name = handler.name.trim();
  return MEANINGLESS_NAME.test(name) ? undefined : name;
}

function prefixed(body: Uint8Array): Uint8Array {
  const full = new Uint8Array(4 + body.length);
  full.set(body, 4);
  return full;
}
