import { fullBox, type Box } from '../box.js';
import { writeMatrix } from '../matrix.js';

const ENABLED = 0x1;
const IN_MOVIE = 0x2;

/** What the track header says. */
export interface TrackHeader {
  /** track_ID. */
  readonly trackId: number;
  /** Whether a player should choose the track by itself. */
  readonly isEnabled: boolean;
  /** Tracks of the same number other than 0 are alternatives of which one is played. */
  readonly alternateGroup: number;
  /** Whether the track sounds; its volume is then 1.0. */
  readonly isAudio: boolean;
  /** Degrees, clockwise, by which the picture is turned. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Width at which the picture is shown, before the turn, in pixels; the pixel's shape included. 0 for audio. */
  readonly width: number;
  /** Height at which the picture is shown, before the turn, in pixels. 0 for audio. */
  readonly height: number;
}

/**
 * TrackHeaderBox. Its duration is zero: all samples are in the fragments.
 * @see ISO/IEC 14496-12 - 8.3.2
 */
export function buildTkhd(header: TrackHeader): Box {
  const flags = (header.isEnabled ? ENABLED : 0) | IN_MOVIE;
  return fullBox('tkhd', 0, flags, 80, (writer) => {
    writer.zeros(8); // creation and modification time
    writer.u32(header.trackId);
    writer.zeros(4);
    writer.u32(0); // duration
    writer.zeros(8);
    writer.u16(0); // layer
    writer.u16(header.alternateGroup);
    writer.u16(header.isAudio ? 0x0100 : 0);
    writer.zeros(2);
    writeMatrix(writer, header.rotation, Math.round(header.width), Math.round(header.height));
    writer.u32(Math.round(header.width * 0x10000));
    writer.u32(Math.round(header.height * 0x10000));
  });
}
