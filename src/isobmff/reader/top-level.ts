import { checkLimit } from '../../bytes/limits.js';
import { MAX_BOX_HEADER_SIZE, parseBoxHeader, type BoxView } from '../box-view.js';
import type { SourceReader } from './source-reader.js';

/** A box at the top level, of which the header alone has been read. */
export interface TopLevelBox {
  /** Fourcc. */
  readonly type: string;
  /** Offset of its header. */
  readonly offset: number;
  /** Bytes of the header. */
  readonly headerSize: number;
  /** Offset behind it; Infinity when it extends to the end of the source. */
  readonly end: number;
}

/** Types that a file, a segment or a fragment can begin with. */
const FIRST_TYPES = new Set(
  'ftyp styp moov moof mdat free skip wide pnot sidx emsg prft uuid pdin mfra ssix'.split(' '),
);

/**
 * Whether bytes are the beginning of an MP4, MOV, M4A or 3GP file.
 * @param firstBytes - the first ones of a source; 16 are enough.
 */
export function isIsobmff(firstBytes: Uint8Array): boolean {
  const header = parseBoxHeader(firstBytes);
  // A uuid box can begin anything.
  return header !== undefined && header.type !== 'uuid' && FIRST_TYPES.has(header.type);
}

/** Whether a box of this type stands at the top level of files. */
export function isTopLevelType(type: string): boolean {
  return FIRST_TYPES.has(type);
}

/**
 * Reads the header of a box.
 * @returns `end` where the source has ended, `unreadable` where there is no box.
 * @throws {SourceError} as the source does.
 */
export async function readTopLevelBox(
  reader: SourceReader,
  offset: number,
): Promise<TopLevelBox | 'end' | 'unreadable'> {
  const run = await reader.read(offset, MAX_BOX_HEADER_SIZE);
  const bytes = run.view(offset, MAX_BOX_HEADER_SIZE) ?? run.view(offset, 8);
  if (bytes === undefined) return 'end';
  const header = parseBoxHeader(bytes);
  if (header === undefined || !/^[\x20-\x7e\xa9]{4}$/.test(header.type)) return 'unreadable';
  const { type, headerSize, size } = header;
  const end = offset + (size ?? Infinity);
  return Number.isSafeInteger(end) || end === Infinity ? { type, offset, headerSize, end } : 'unreadable';
}

/**
 * Reads a whole box.
 * @param maxBytes - the most that is accepted.
 * @returns undefined when the source ends in it.
 * @throws {LimitExceededError} when it is larger.
 * @throws {SourceError} as the source does.
 */
export async function readWholeBox(
  reader: SourceReader,
  box: TopLevelBox,
  maxBytes: number,
  size: number | undefined,
): Promise<BoxView | undefined> {
  const { type, offset, headerSize } = box;
  const end = box.end === Infinity ? (size ?? Infinity) : box.end;
  checkLimit(`size of the ${type} box`, end - offset, maxBytes, { element: type, offset });
  if (size !== undefined && end > size) return undefined;
  const bodyOffset = offset + headerSize;
  const length = end - bodyOffset;
  const body = (await reader.read(bodyOffset, length)).view(bodyOffset, length);
  return body && { type, offset, body, bodyOffset };
}
