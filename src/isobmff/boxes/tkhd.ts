import { fullBox, type Box } from '../box.js';
import { headerVersion, timesSize, writeCreationTimes, writeDuration } from '../times.js';
import { openFullBox, type BoxView } from '../box-view.js';
import { parseMatrix, writeMatrix, type PicturePose, type PictureTurn } from '../matrix.js';
import { readDuration, skipCreationTimes } from '../times.js';

const ENABLED = 0x1;
const IN_MOVIE = 0x2;

/** What the track header says. */
export interface TrackHeader {
  /** track_ID. */
  readonly trackId: number;
  /** Ticks of the movie's timescale; 0 when it is left to the fragments. */
  readonly duration: number;
  /** Whether a player should choose the track by itself. */
  readonly isEnabled: boolean;
  /** Tracks of the same number other than 0 are alternatives of which one is played. */
  readonly alternateGroup: number;
  /** Whether the track sounds; its volume is then 1.0. */
  readonly isAudio: boolean;
  /** How the picture is mirrored and turned. */
  readonly pose: PicturePose;
  /** Width at which the picture is shown, before the turn, in pixels; the pixel's shape included. 0 for audio. */
  readonly width: number;
  /** Height at which the picture is shown, before the turn, in pixels. 0 for audio. */
  readonly height: number;
}

/**
 * TrackHeaderBox.
 * @see ISO/IEC 14496-12 - 8.3.2
 */
export function buildTkhd(header: TrackHeader): Box {
  const flags = (header.isEnabled ? ENABLED : 0) | IN_MOVIE;
  const version = headerVersion(header.duration);
  return fullBox('tkhd', version, flags, 68 + timesSize(version), (writer) => {
    writeCreationTimes(writer, version);
    writer.u32(header.trackId);
    writer.zeros(4);
    writeDuration(writer, version, header.duration);
    writer.zeros(8);
    writer.u16(0); // layer
    writer.u16(header.alternateGroup);
    writer.u16(header.isAudio ? 0x0100 : 0);
    writer.zeros(2);
    writeMatrix(writer, header.pose, Math.round(header.width), Math.round(header.height));
    writer.u32(Math.round(header.width * 0x10000));
    writer.u32(Math.round(header.height * 0x10000));
  });
}

/** What a track header says to a reader. */
export interface ParsedTrackHeader {
  /** track_ID. */
  readonly trackId: number;
  /** Whether a player should choose the track by itself. */
  readonly isEnabled: boolean;
  /** Ticks of the movie's timescale; undefined when it is not known. */
  readonly duration: number | undefined;
  /** How the picture is mirrored and turned. */
  readonly turn: PictureTurn;
  /** Width at which the picture is shown, before the turn, in pixels, the pixel's shape included; 0 when not said. */
  readonly width: number;
  /** Height at which the picture is shown, before the turn, in pixels; 0 when not said. */
  readonly height: number;
}

/**
 * Parses a TrackHeaderBox.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.3.2
 */
export function parseTkhd(box: BoxView): ParsedTrackHeader {
  const { version, flags, cursor } = openFullBox(box);
  skipCreationTimes(cursor, version);
  const trackId = cursor.u32();
  cursor.skip(4);
  const duration = readDuration(cursor, version);
  cursor.skip(16);
  const turn = parseMatrix(cursor);
  const width = cursor.u32() / 0x10000;
  const height = cursor.u32() / 0x10000;
  return { trackId, isEnabled: (flags & ENABLED) !== 0, duration, turn, width, height };
}
