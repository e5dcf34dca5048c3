import type { Chapter } from '../../media/media-info.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { rescale } from '../../time/rescale.js';
import { LIMITS } from './limits.js';
import type { Movie } from './movie.js';
import type { MovieTrack } from './movie-track.js';
import { SampleCursor } from './sample-cursor.js';
import { SourceReader } from './source-reader.js';

/** A sample of the text track: a chapter, from when it is shown until it no longer is. */
interface TitlePlace {
  /** Nanoseconds on the movie's timeline. */
  readonly startNs: number;
  readonly endNs: number;
  /** Where its bytes are, as many of them as are read. */
  readonly offset: number;
  readonly size: number;
}

/** Characters of a title beyond these are left out, and the bytes that they take at most are not read. */
const MAX_TITLE_CHARACTERS = 1024;
const MAX_TITLE_BYTES = 2 + 3 * MAX_TITLE_CHARACTERS;
/** Most bytes of a title in Nero's list. */
const MAX_LISTED_BYTES = 255;
/** Titles that lie no farther apart are read at once, up to some size. */
const GAP_BYTES = 4 << 10;
const READ_BYTES = 64 << 10;

/**
 * Chooses between Nero's list of chapters and a track of text. QuickTime knows the track alone, and libavformat puts it over
 * the list, which holds no more than 255 chapters and 255 bytes of a title. Where the list is as long, and no title of it may be
 * cut, it is the same one, and has been read already.
 * @param source - where the samples of the track are.
 * @param movie - what the movie box says of both.
 * @param maxReads - reads of the source that titles may take; where they lie too far apart for so few, none is read.
 * @param options - a signal.
 * @returns chapters in order of time.
 * @throws {SourceError} when the source cannot be read.
 * @see QuickTime File Format, "Chapter Lists" and "Text Media"
 */
export async function chooseChapters(
  source: Source,
  { metadata, chapterTrack }: Movie,
  maxReads: number,
  { signal }: ReadOptions,
): Promise<readonly Chapter[]> {
  const listed = metadata.chapters;
  if (chapterTrack === undefined || maxReads === 0 || !source.seekable) return listed;
  const { range } = chapterTrack;
  if (listed.length === range.end - range.first && !listed.some(mayBeCut)) return listed;
  const reads = joinPlaces(findTitles(chapterTrack, source.size ?? Infinity));
  if (reads.length > maxReads) return listed;
  const read = await readTitles(source, reads, chapterTrack.track.language, signal);
  return read.length === 0 ? listed : read;
}

/** Whether a title is as long as titles in Nero's list can be. */
function mayBeCut({ titles }: Chapter): boolean {
  return titles.some(({ title }) => new TextEncoder().encode(title).length >= MAX_LISTED_BYTES);
}

async function readTitles(
  source: Source,
  reads: readonly JoinedPlaces[],
  language: string,
  signal: AbortSignal | undefined,
): Promise<Chapter[]> {
  const reader = new SourceReader(source, { mode: 'ranges', rangeBytes: 1 });
  const unfollow = reader.follow(signal);
  const chapters: Chapter[] = [];
  try {
    for (const { offset, end, members } of reads) {
      const run = await reader.read(offset, end - offset);
      for (const { startNs, endNs, ...place } of members) {
        const bytes = run.view(place.offset, place.size);
        const title = bytes && parseTitle(bytes);
        if (title !== undefined) chapters.push({ startNs, endNs, titles: [{ language, title }] });
      }
    }
  } finally {
    unfollow();
    await reader.close();
  }
  return chapters.sort((a, b) => a.startNs - b.startNs);
}

/** Titles of which some bytes are in the source, in stored order. */
function findTitles({ track, table, timeline, range }: MovieTrack, sourceSize: number): TitlePlace[] {
  const places: TitlePlace[] = [];
  if (table === undefined) return places;
  const cursor = new SampleCursor(table, range.first, range.end);
  const toNs = (ticks: number): number => Math.max(0, rescale(ticks + timeline.shift, track.timescale, 1e9));
  for (let count = 0; !cursor.isAtEnd && count < LIMITS.chapters; count++) {
    const { offset, decodeTime, duration } = cursor;
    const size = Math.min(cursor.size, MAX_TITLE_BYTES);
    const endNs = toNs(Math.min(decodeTime + duration, timeline.end ?? Infinity));
    const isShown = endNs > 0 || duration === 0;
    if (isShown && offset + size <= sourceSize) {
      places.push({ startNs: toNs(decodeTime), endNs, offset, size });
    }
    cursor.advance();
  }
  return places.sort((a, b) => a.offset - b.offset);
}

/** Titles that are read at once. */
interface JoinedPlaces {
  readonly offset: number;
  end: number;
  readonly members: TitlePlace[];
}

function joinPlaces(places: readonly TitlePlace[]): JoinedPlaces[] {
  const reads: JoinedPlaces[] = [];
  for (const place of places) {
    const last = reads.at(-1);
    const end = place.offset + place.size;
    if (last !== undefined && place.offset - last.end <= GAP_BYTES && end - last.offset <= READ_BYTES) {
      last.end = Math.max(last.end, end);
      last.members.push(place);
    } else {
      reads.push({ offset: place.offset, end, members: [place] });
    }
  }
  return reads;
}

/**
 * Parses a sample of text. An `encd` box may follow that states an encoding; it is not believed, as there are writers who
 * state UTF-16 of what is UTF-8. A byte order mark tells UTF-16, and what is not UTF-8 is of QuickTime's first years.
 * @returns undefined when it is no text.
 */
function parseTitle(bytes: Uint8Array): string | undefined {
  if (bytes.length < 2) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint16(0);
  const isCut = bytes.length === MAX_TITLE_BYTES;
  if (length > bytes.length - 2 && !isCut) return undefined;
  const text = bytes.subarray(2, 2 + length);
  return decodeTitle(text).slice(0, MAX_TITLE_CHARACTERS).trim();
}

function decodeTitle(text: Uint8Array): string {
  if (text[0] === 0xfe && text[1] === 0xff) return new TextDecoder('utf-16be').decode(text);
  if (text[0] === 0xff && text[1] === 0xfe) return new TextDecoder('utf-16le').decode(text);
  const utf8 = new TextDecoder().decode(text);
  // Of a title that is cut off, the last character may be broken.
  return utf8.slice(0, -1).includes('\ufffd') ? new TextDecoder('macintosh').decode(text) : utf8;
}
