import { checkLimit } from '../bytes/limits.js';
import { MalformedMediaError } from '../errors.js';
import type { Source } from '../media/source.js';
import { ClusterProbe } from './cluster-probe.js';
import type { DamageLog } from '../media/damage-log.js';
import { type DocType, parseEbmlHeader } from './ebml-header.js';
import type { Inflate } from './content-encoding.js';
import { ElementHeader } from './element-header.js';
import type { SegmentInfo } from './info.js';
import { LIMITS } from './limits.js';
import { QueueReader } from './queue-reader.js';
import { elementName, ID, isSegmentChild, isTopLevel } from './schema.js';
import { SegmentParts } from './segment-parts.js';
import { type MatroskaTrack, parseTracks } from './tracks.js';
import { UNKNOWN_SIZE } from './vint.js';

/** What stands before the first Cluster. */
export interface Head {
  /** The document type. */
  readonly docType: DocType;
  /** Offset of the Segment's data in the source. */
  readonly segmentOffset: number;
  /** Offset at which the Segment ends; Infinity when its size is unknown. */
  readonly segmentEnd: number;
  /** Offset of the first Cluster; where there is none, of the place where reading ended. */
  readonly firstClusterOffset: number;
  /** What was read. */
  readonly parts: SegmentParts;
}

/**
 * Reads a file up to its first Cluster, which stays at the front of the reader's queue.
 * @param reader - at the beginning of the source.
 * @param damage - takes what was passed over.
 * @throws {MalformedMediaError} when the source is not Matroska, or too damaged to find a Cluster.
 * @throws {UnsupportedMediaError} when it is an EBML document of another type or version.
 * @see RFC 9559, section 4.5
 */
export async function readHead(reader: QueueReader, damage: DamageLog): Promise<Head> {
  const header = new ElementHeader();
  const docType = await readEbmlHeader(reader, header);
  await readSegmentHeader(reader, header);
  const segmentOffset = reader.queue.offset;
  const segmentEnd = header.size === UNKNOWN_SIZE ? Infinity : segmentOffset + header.size;
  const parts = new SegmentParts(segmentOffset, damage);
  await readToFirstCluster(reader, header, parts, segmentEnd, damage);
  return { docType, segmentOffset, segmentEnd, firstClusterOffset: reader.queue.offset, parts };
}

/**
 * Reads the element at an offset with small reads of its own.
 * @param wanted - ID that the element must have.
 * @returns whether it was there and could be read.
 */
export async function readPartAt(
  source: Source,
  offset: number,
  wanted: number,
  parts: SegmentParts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (parts.hasSeen(offset) || (source.size !== undefined && offset >= source.size)) return false;
  const reader = QueueReader.ranges(source, offset);
  const unfollow = reader.follow(signal);
  try {
    const header = new ElementHeader();
    const state = await readHeader(reader, header);
    if (state !== 'whole' || header.id !== wanted || header.size === UNKNOWN_SIZE) return false;
    return await parts.read(reader, header);
  } finally {
    unfollow();
    await reader.close();
  }
}

/** Parses the header at the front, and waits for its bytes. `partial` means that the source ends within it. */
async function readHeader(
  reader: QueueReader,
  header: ElementHeader,
): Promise<'whole' | 'partial' | 'invalid'> {
  for (;;) {
    const state = header.parse(reader.queue);
    if (state !== 'partial' || !(await reader.fill())) return state;
  }
}

async function readEbmlHeader(reader: QueueReader, header: ElementHeader): Promise<DocType> {
  const state = await readHeader(reader, header);
  if (state !== 'whole' || header.id !== ID.EBML || header.size === UNKNOWN_SIZE) {
    throw new MalformedMediaError(
      'The source does not begin with an EBML header: it is not Matroska or WebM.',
      {
        context: { element: 'EBML', offset: 0, spec: 'RFC 8794, section 8.1' },
      },
    );
  }
  checkLimit('size of the EBML header in bytes', header.size, LIMITS.ebmlHeaderBytes, { element: 'EBML' });
  reader.queue.skip(header.length);
  const { offset } = reader.queue;
  if (!(await reader.ensure(header.size))) throw endsEarly('EBML', offset);
  return parseEbmlHeader(reader.queue.take(header.size), offset);
}

/** Finds the Segment and passes its header. Void, CRC-32 and a repeated EBML header may stand before it. */
async function readSegmentHeader(reader: QueueReader, header: ElementHeader): Promise<void> {
  for (let passed = 0; ; passed++) {
    const state = await readHeader(reader, header);
    const { offset } = reader.queue;
    if (state === 'partial') throw endsEarly('EBML document', offset);
    if (state === 'whole' && header.id === ID.Segment) {
      reader.queue.skip(header.length);
      return;
    }
    const canPass =
      state === 'whole' &&
      header.size !== UNKNOWN_SIZE &&
      header.size <= LIMITS.headScanBytes &&
      passed < LIMITS.nesting &&
      (header.id === ID.Void || header.id === ID['CRC-32'] || header.id === ID.EBML);
    if (!canPass) {
      throw new MalformedMediaError('No Segment follows the EBML header.', {
        context: { element: 'Segment', offset, spec: 'RFC 9559, section 4.5' },
      });
    }
    reader.queue.skip(header.total);
  }
}

async function readToFirstCluster(
  reader: QueueReader,
  header: ElementHeader,
  parts: SegmentParts,
  segmentEnd: number,
  damage: DamageLog,
): Promise<void> {
  const { queue } = reader;
  for (let count = 0; ; count++) {
    checkLimit('number of elements before the first Cluster', count, LIMITS.headElements, {
      offset: queue.offset,
    });
    const state = await readHeader(reader, header);
    if (state === 'partial') return;
    const isElement = state === 'whole';
    if (isElement && (header.id === ID.Cluster || isTopLevel(header.id))) return;
    const isPastSegment = queue.offset >= segmentEnd;
    if (isElement && header.size !== UNKNOWN_SIZE && (await isKnownOrFollowed(reader, header, segmentEnd))) {
      if (isPastSegment && !isSegmentChild(header.id)) return;
      if (!(await parts.read(reader, header))) return;
      continue;
    }
    if (isPastSegment || !(await resync(reader, header, damage))) return;
  }
}

/** Whether the element at the front is one of a Segment, or an unknown one that such an element follows. */
async function isKnownOrFollowed(reader: QueueReader, header: ElementHeader, end: number): Promise<boolean> {
  if (isSegmentChild(header.id) || header.id === ID.Void || header.id === ID['CRC-32']) return true;
  const { queue } = reader;
  const elementEnd = queue.offset + header.total;
  if (header.size > LIMITS.unknownElementBytes) return elementEnd <= end && Number.isFinite(end);
  const next = new ElementHeader();
  for (;;) {
    const state = queue.available > header.total ? next.parse(queue, header.total) : 'partial';
    if (state === 'whole') return isSegmentChild(next.id) || next.id === ID.Void;
    if (state === 'invalid') return false;
    if (!(await reader.fill())) return elementEnd === end;
  }
}

/** Looks, within a bounded distance, for the next element of a Segment. False when the source ends before one. */
async function resync(reader: QueueReader, header: ElementHeader, damage: DamageLog): Promise<boolean> {
  const { queue } = reader;
  const from = queue.offset;
  const probe = new ClusterProbe();
  for (let passed = 0; ; passed++) {
    checkLimit('number of unreadable bytes before the first Cluster', passed, LIMITS.headScanBytes, {
      offset: from,
    });
    if (passed > 0) {
      const state = await readHeader(reader, header);
      if (state === 'partial' && queue.available === 0) break;
      if (state === 'whole' && isSegmentChild(header.id) && (await isPlausible(reader, header, probe))) {
        const reason = `Bytes that are no element stand before ${elementName(header.id)}.`;
        damage.add('unreadable', from, queue.offset - from, reason);
        return true;
      }
    }
    if (!(await reader.ensure(1))) break;
    queue.skip(1);
  }
  damage.add('unreadable', from, queue.offset - from, 'Bytes that are no element end the source.');
  return false;
}

async function isPlausible(
  reader: QueueReader,
  header: ElementHeader,
  probe: ClusterProbe,
): Promise<boolean> {
  if (header.id !== ID.Cluster) return header.size !== UNKNOWN_SIZE && header.size <= LIMITS.cuesBytes;
  for (;;) {
    const state = probe.judge(reader.queue, reader.isEnded);
    if (state !== 'partial') return state === 'cluster';
    await reader.fill();
  }
}

function endsEarly(element: string, offset: number): MalformedMediaError {
  return new MalformedMediaError(`The source ends within its ${element}.`, { context: { element, offset } });
}

/**
 * Parses the tracks that a head tells of.
 * @throws {MalformedMediaError} when there are none, or they are broken.
 * @throws {LimitExceededError} when a size or count is above its cap.
 */
export function parseHeadTracks(
  head: Head,
  info: SegmentInfo,
  inflate: Inflate | undefined,
): MatroskaTrack[] {
  const { tracks } = head.parts;
  if (tracks === undefined) {
    throw new MalformedMediaError(
      'The file has no Tracks before its first Cluster: nothing says what is in it.',
      {
        context: {
          element: 'Segment/Tracks',
          offset: head.firstClusterOffset,
          spec: 'RFC 9559, section 5.1.4',
        },
      },
    );
  }
  return parseTracks(tracks.data, tracks.offset, { ...info, inflate });
}
