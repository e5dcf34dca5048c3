import { fullBox, type Box } from '../box.js';
import { headerVersion, timesSize, writeCreationTimes, writeDuration } from '../times.js';
import { writeMatrix } from '../matrix.js';
import { openFullBox, type BoxView } from '../box-view.js';
import { parseMatrix, type PictureTurn } from '../matrix.js';
import { readDuration, skipCreationTimes } from '../times.js';

/** What the movie header says. */
export interface MovieHeader {
  /** Ticks a second of the movie's duration. */
  readonly timescale: number;
  /** Ticks; 0 when it is left to the fragments. */
  readonly duration: number;
  /** Larger than any track_ID in use. */
  readonly nextTrackId: number;
}

/**
 * MovieHeaderBox.
 * @see ISO/IEC 14496-12 - 8.2.2
 */
export function buildMvhd({ timescale, duration, nextTrackId }: MovieHeader): Box {
  const version = headerVersion(duration);
  return fullBox('mvhd', version, 0, 84 + timesSize(version), (writer) => {
    writeCreationTimes(writer, version);
    writer.u32(timescale);
    writeDuration(writer, version, duration);
    writer.u32(0x00010000); // rate 1.0
    writer.u16(0x0100); // volume 1.0
    writer.zeros(10);
    writeMatrix(writer, { rotation: 0, isMirrored: false }, 0, 0);
    writer.zeros(24);
    writer.u32(nextTrackId);
  });
}

/** What a movie header says to a reader. */
export interface ParsedMovieHeader {
  /** Ticks a second of the movie's duration and of edit lists. */
  readonly timescale: number;
  /** Ticks; undefined when it is not known. */
  readonly duration: number | undefined;
  /** How the whole picture is turned. */
  readonly turn: PictureTurn;
}

/**
 * Parses a MovieHeaderBox.
 * @throws {MalformedMediaError} when it is cut off, or a second has no ticks.
 * @see ISO/IEC 14496-12 - 8.2.2
 */
export function parseMvhd(box: BoxView): ParsedMovieHeader {
  const { version, cursor } = openFullBox(box);
  skipCreationTimes(cursor, version);
  const timescale = cursor.u32();
  if (timescale === 0) throw cursor.malformed('has a timescale of 0');
  const duration = readDuration(cursor, version);
  cursor.skip(16);
  return { timescale, duration, turn: parseMatrix(cursor) };
}
