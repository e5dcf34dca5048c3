import { checkLimit } from '../bytes/limits.js';
import { ElementCursor } from './element-cursor.js';
import { LIMITS } from './limits.js';
import { ID } from './schema.js';

/** A tag before the track that it is for is looked up. */
export interface RawTag {
  /** Tag name, such as `TITLE`. */
  readonly name: string;
  /** Its text. */
  readonly value: string;
  /** TrackUID of the track it is for; undefined for the whole file. */
  readonly trackUid: bigint | undefined;
}

/**
 * Parses a Tags element. Tags without a text (binary ones) and tags nested in other tags are left out.
 * @throws {MalformedMediaError | LimitExceededError} when it is broken or has too many tags.
 * @see RFC 9559, section 5.1.8
 */
export function parseTags(data: Uint8Array, offset: number): RawTag[] {
  const found: RawTag[] = [];
  const tags = new ElementCursor(data, offset, 'Segment/Tags');
  while (tags.next()) {
    if (tags.id === ID.Tag) parseTag(tags.master(), found);
  }
  return found;
}

function parseTag(tag: ElementCursor, found: RawTag[]): void {
  const trackUids: bigint[] = [];
  const texts: { name: string; value: string }[] = [];
  while (tag.next()) {
    if (tag.id === ID.Targets) {
      const targets = tag.master();
      while (targets.next()) {
        // UID 0 means all tracks, and so the whole file.
        if (targets.id === ID.TagTrackUID && targets.bigUint() !== 0n) trackUids.push(targets.bigUint());
      }
    } else if (tag.id === ID.SimpleTag) {
      const text = parseSimpleTag(tag.master());
      if (text !== undefined) texts.push(text);
    }
  }
  const owners = trackUids.length === 0 ? [undefined] : trackUids;
  checkLimit('number of tags', found.length + owners.length * texts.length, LIMITS.tags);
  for (const trackUid of owners) {
    for (const text of texts) found.push({ ...text, trackUid });
  }
}

function parseSimpleTag(simple: ElementCursor): { name: string; value: string } | undefined {
  let name: string | undefined;
  let value: string | undefined;
  while (simple.next()) {
    if (simple.id === ID.TagName) name = simple.text();
    else if (simple.id === ID.TagString) value = simple.text();
  }
  return name === undefined || value === undefined ? undefined : { name, value };
}
