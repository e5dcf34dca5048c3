import { ByteCursor } from '../../bytes/cursor.js';
import type { ReadOptions, Source } from '../../media/source.js';

/** What each page begins with: RFC 3533, section 6. */
const capturePattern = Uint8Array.of(0x4f, 0x67, 0x67, 0x53);
/** Bytes of a page up to its segment table. */
const headerBytes = 27;
/** Flag of pages that a logical stream begins with; all of one link of a chain stand before its other pages. */
const beginsStream = 2;
/** Pages of that kind stand in these first bytes, and a whole page in these last ones: none is longer than 65,307. */
const lookedAtBytes = 128 << 10;

/**
 * Whether an Ogg source is a chain: streams one after another, each with times of its own.
 * @param source - seekable.
 * @returns false where its beginning or its end tells nothing.
 * @throws {SourceError} when it cannot be read.
 * @see RFC 3533, section 4 (sequential multiplexing)
 */
export async function isChainedOgg(source: Source, { signal }: ReadOptions): Promise<boolean> {
  const { size } = source;
  if (size === undefined) return false;
  const length = Math.min(size, lookedAtBytes);
  const head = pagesOf(await source.read(0, length, { signal }));
  const tail = pagesOf(await source.read(size - length, length, { signal }));
  const firstOther = head.findIndex(({ flags }) => (flags & beginsStream) === 0);
  const begun = new Set(head.slice(0, Math.max(0, firstOther)).map(({ serial }) => serial));
  const last = tail.at(-1);
  return begun.size > 0 && last !== undefined && !begun.has(last.serial);
}

interface OggPage {
  readonly flags: number;
  /** Number of the logical stream that it is of. */
  readonly serial: number;
}

/** The pages that begin in a run of bytes. */
function pagesOf(bytes: Uint8Array): OggPage[] {
  const pages: OggPage[] = [];
  for (let at = bytes.indexOf(capturePattern[0]!); at >= 0; at = bytes.indexOf(capturePattern[0]!, at + 1)) {
    if (at + headerBytes > bytes.length || !capturePattern.every((byte, i) => bytes[at + i] === byte))
      continue;
    const cursor = new ByteCursor(bytes.subarray(at + capturePattern.length, at + headerBytes), 'Ogg page');
    // Another version than 0 is no page that is known, but bytes that look like one.
    if (cursor.u8() !== 0) continue;
    const flags = cursor.u8();
    cursor.skip(8); // granule position
    pages.push({ flags, serial: cursor.u32() });
  }
  return pages;
}
