import { checkLimit } from '../bytes/limits.js';
import { MalformedMediaError, SegmintError } from '../errors.js';
import type { Attachment, Chapter } from '../media/media-info.js';
import { readAttachments } from './attachments.js';
import { parseChapters } from './chapters.js';
import { agreesWithCrc32 } from './crc32.js';
import type { DamageLog } from '../media/damage-log.js';
import type { ElementHeader } from './element-header.js';
import { parseInfo, type SegmentInfo } from './info.js';
import { LIMITS } from './limits.js';
import type { QueueReader } from './queue-reader.js';
import { elementName, ID } from './schema.js';
import { parseSeekHead, type SeekEntry } from './seek-head.js';
import { parseTags, type RawTag } from './tags.js';

/** An element's data, to be parsed later. */
export interface StoredElement {
  /** Its data, without ID and size. */
  readonly data: Uint8Array;
  /** Offset of the data in the source. */
  readonly offset: number;
}

/** Bytes of the elements that are read whole. */
const CAPS: ReadonlyMap<number, number> = new Map([
  [ID.Info, LIMITS.infoBytes],
  [ID.Tracks, LIMITS.tracksBytes],
  [ID.SeekHead, LIMITS.seekHeadBytes],
  [ID.Cues, LIMITS.cuesBytes],
  [ID.Chapters, LIMITS.chaptersBytes],
  [ID.Tags, LIMITS.tagsBytes],
]);

/** A CRC-32 is checked up to this size: that far it costs nothing that anyone would notice. */
const CRC_CHECK_BYTES = 4 << 20;

/** Collects what stands in a Segment beside its Clusters, wherever it is met. */
export class SegmentParts {
  /** Info. */
  info: SegmentInfo | undefined;
  /** Tracks; parsed when Info is known. */
  tracks: StoredElement | undefined;
  /** Cues; parsed when they are asked for. */
  cues: StoredElement | undefined;
  /** Entries of all SeekHeads. */
  readonly seeks: SeekEntry[] = [];
  /** Chapters of the default edition. */
  chapters: readonly Chapter[] = [];
  /** Tags. */
  readonly tags: RawTag[] = [];
  /** Attached files. */
  readonly attachments: Attachment[] = [];
  readonly #segmentOffset: number;
  readonly #damage: DamageLog;
  readonly #seen = new Set<number>();

  /** @param segmentOffset - offset in the source of the Segment's data. */
  constructor(segmentOffset: number, damage: DamageLog) {
    this.#segmentOffset = segmentOffset;
    this.#damage = damage;
  }

  /** Whether the element that stands at an offset has been read. */
  hasSeen(offset: number): boolean {
    return this.#seen.has(offset);
  }

  /**
   * Reads one child of the Segment other than a Cluster, or passes over it when it is of no use.
   * A fault in Info or Tracks is thrown, as nothing can be done without them; in another element it is logged, and
   * the element is left out.
   * @param reader - at the element.
   * @param header - its header, of known size.
   * @returns false when the source ends within it.
   */
  async read(reader: QueueReader, header: ElementHeader): Promise<boolean> {
    const { queue } = reader;
    const { id, size, total } = header;
    const { offset } = queue;
    this.#seen.add(offset);
    const isRequired = id === ID.Info || id === ID.Tracks;
    queue.skip(header.length);
    try {
      if (id === ID.Attachments) {
        await readAttachments(reader, offset + total, this.attachments);
        return true;
      }
      const cap = CAPS.get(id);
      if (cap === undefined) {
        queue.skip(size);
        return true;
      }
      checkLimit(`size of ${elementName(id)} in bytes`, size, cap, { offset });
      if (!(await reader.ensure(size))) {
        if (isRequired) throw new MalformedMediaError(`The source ends within ${elementName(id)}.`);
        return false;
      }
      this.#absorb(id, queue.take(size), offset + header.length);
    } catch (error) {
      // An error of the source itself is none of the element, and passes.
      const isFault = error instanceof SegmintError && error.code !== 'source_failed';
      if (!isFault || isRequired) throw error;
      this.#damage.add('dropped', offset, total, error.message);
      if (queue.offset < offset + total) queue.skip(offset + total - queue.offset);
    }
    return true;
  }

  #absorb(id: number, data: Uint8Array, offset: number): void {
    if (data.length <= CRC_CHECK_BYTES && !agreesWithCrc32(data)) {
      this.#damage.add('checksum', offset, data.length, `The CRC-32 of ${elementName(id)} does not match.`);
    }
    switch (id) {
      case ID.Info:
        this.info ??= parseInfo(data, offset, (fault) =>
          this.#damage.add('dropped', offset, data.length, fault.message),
        );
        break;
      case ID.Tracks:
        this.tracks ??= { data, offset };
        break;
      case ID.Cues:
        this.cues ??= { data, offset };
        break;
      case ID.SeekHead: {
        const entries = parseSeekHead(data, offset, this.#segmentOffset);
        checkLimit('number of SeekHead entries', this.seeks.length + entries.length, LIMITS.seekEntries);
        this.seeks.push(...entries);
        break;
      }
      case ID.Chapters:
        if (this.chapters.length === 0) this.chapters = parseChapters(data, offset);
        break;
      case ID.Tags: {
        const tags = parseTags(data, offset);
        checkLimit('number of tags', this.tags.length + tags.length, LIMITS.tags);
        for (const tag of tags) this.tags.push(tag);
        break;
      }
    }
  }
}
