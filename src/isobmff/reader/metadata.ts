import { checkLimit } from '../../bytes/limits.js';
import type { Attachment, Chapter, Tag } from '../../media/media-info.js';
import { boxCursor, findBox, openFullBox, viewBoxes, viewChildren, type BoxView } from '../box-view.js';
import { parseGapless, type Gapless } from './gapless.js';
import { LIMITS } from './limits.js';

/** What a movie's user data say. */
export interface Metadata {
  /** The title. */
  readonly title: string | undefined;
  /** The program that wrote the file. */
  readonly writingApp: string | undefined;
  /** Further texts. */
  readonly tags: readonly Tag[];
  /** Nero's chapters. */
  readonly chapters: readonly Chapter[];
  /** Pictures of the cover. */
  readonly covers: readonly Attachment[];
  /** What an encoder of sound added, as iTunes states it; undefined when it does not. */
  readonly gapless: Gapless | undefined;
}

/** Items of iTunes and QuickTime by the name that their tag gets. */
const TAG_NAMES: ReadonlyMap<string, string> = new Map([
  ['\xa9nam', 'TITLE'],
  ['\xa9ART', 'ARTIST'],
  ['\xa9alb', 'ALBUM'],
  ['\xa9day', 'DATE'],
  ['\xa9gen', 'GENRE'],
  ['\xa9cmt', 'COMMENT'],
  ['\xa9too', 'ENCODER'],
  ['\xa9swr', 'ENCODER'],
]);

/** More pictures than this are passed over. */
const MAX_COVERS = 16;

/**
 * Parses a movie's user data; what cannot be made sense of is left out.
 * @param udta - `moov/udta`.
 * @see QuickTime File Format, "User data atoms"; ISO/IEC 14496-12 - 8.10.1
 */
export function parseMetadata(udta: BoxView | undefined): Metadata {
  const children = udta === undefined ? [] : viewChildren(udta);
  const meta = findBox(children, 'meta');
  const ilst = meta && findBox(viewMeta(meta), 'ilst');
  const items = ilst === undefined ? [] : viewChildren(ilst);
  const tags: Tag[] = [];
  for (const box of [...items, ...children]) {
    const name = TAG_NAMES.get(box.type);
    if (name === undefined || tags.some((tag) => tag.name === name)) continue;
    const value = readItem(box) ?? readUserText(box);
    if (value !== undefined && value !== '') tags.push({ name, value, trackId: undefined });
  }
  const valueOf = (wanted: string): string | undefined => tags.find(({ name }) => name === wanted)?.value;
  const chpl = findBox(children, 'chpl');
  return {
    title: valueOf('TITLE'),
    writingApp: valueOf('ENCODER'),
    tags: tags.filter(({ name }) => name !== 'TITLE' && name !== 'ENCODER'),
    chapters: chpl === undefined ? [] : parseChpl(chpl),
    covers: items.filter(({ type }) => type === 'covr').flatMap(findCovers),
    gapless: findGapless(items),
  };
}

/** QuickTime's `meta` lacks the version that ISO's has. */
function viewMeta(meta: BoxView): BoxView[] {
  const children = viewChildren(meta);
  if (findBox(children, 'hdlr') !== undefined) return children;
  return viewBoxes(meta.body.subarray(4), meta.bodyOffset + 4);
}

/** Text of an item of `ilst`; undefined for pictures and numbers. */
function readItem(item: BoxView): string | undefined {
  const data = findBox(viewChildren(item), 'data');
  if (data === undefined || data.body.length < 8 || data.body.length > LIMITS.textBytes) return undefined;
  const cursor = boxCursor(data);
  const kind = cursor.u32();
  cursor.skip(4);
  const isUtf8 = kind === 1;
  return isUtf8 ? new TextDecoder().decode(cursor.view(cursor.remaining)).trim() : undefined;
}

/** Kinds of pictures that `data` of a cover states, and names for them. */
const COVER_TYPES: ReadonlyMap<number, string> = new Map([
  [13, 'jpeg'],
  [14, 'png'],
]);

/** Bytes of kind and locale before the value in `data`. */
const DATA_HEADER_BYTES = 8;

/** An item may hold several pictures, the most fitting one first. */
function findCovers(item: BoxView): Attachment[] {
  const covers: Attachment[] = [];
  for (const { type, body, bodyOffset } of viewChildren(item)) {
    if (type !== 'data' || body.length <= DATA_HEADER_BYTES) continue;
    const name = COVER_TYPES.get(new DataView(body.buffer, body.byteOffset).getUint32(0));
    if (name === undefined || covers.length >= MAX_COVERS) continue;
    const offset = bodyOffset + DATA_HEADER_BYTES;
    const size = body.length - DATA_HEADER_BYTES;
    covers.push({ name: `cover.${name}`, mediaType: `image/${name}`, size, offset });
  }
  return covers;
}

/** Text of a QuickTime user data item: its length and a language before it. */
function readUserText(item: BoxView): string | undefined {
  if (item.body.length < 4) return undefined;
  const cursor = boxCursor(item);
  const length = cursor.u16();
  const language = cursor.u16();
  if (length > cursor.remaining) return undefined;
  const encoding = language < 0x400 ? 'macintosh' : 'utf-8';
  return new TextDecoder(encoding).decode(cursor.view(length)).trim();
}

/** `----` items have a name of their own. */
function findGapless(items: readonly BoxView[]): Gapless | undefined {
  for (const item of items) {
    if (item.type !== '----') continue;
    const name = findBox(viewChildren(item), 'name');
    if (name === undefined || new TextDecoder().decode(name.body.subarray(4)) !== 'iTunSMPB') continue;
    return parseGapless(readItem(item) ?? '');
  }
  return undefined;
}

/** Nero's times count 100 ns. */
const CHPL_TICK_NS = 100;

/** Nero's chapter list: version and flags, a reserved byte pattern by version, and a byte or more that count. */
function parseChpl(box: BoxView): Chapter[] {
  const { version, cursor } = openFullBox(box);
  if (cursor.remaining < 5) return [];
  if (version === 1) cursor.skip(4);
  else if (version !== 0) return [];
  const count = version === 1 ? cursor.u8() : cursor.u32();
  checkLimit('number of chapters', count, LIMITS.chapters, { element: 'chpl', offset: box.offset });
  const chapters: Chapter[] = [];
  for (let i = 0; i < count && cursor.remaining >= 9; i++) {
    const startNs = (cursor.u32() * 2 ** 32 + cursor.u32()) * CHPL_TICK_NS;
    const title = new TextDecoder().decode(cursor.view(Math.min(cursor.u8(), cursor.remaining)));
    if (!Number.isSafeInteger(startNs)) break;
    chapters.push({ startNs, endNs: undefined, titles: [{ language: 'und', title }] });
  }
  return chapters.sort((a, b) => a.startNs - b.startNs);
}
