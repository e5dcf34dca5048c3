import { fullBox, type Box } from '../box.js';
import { openFullBox, type BoxView } from '../box-view.js';

/**
 * TrackExtendsBox. The only default that it gives is the sample entry (the first and only one): duration, size and flags
 * stand in each fragment, so that a segment can be understood and made without knowing what an init segment said
 * (what CMAF's brand `cmf2` asks for as well).
 * @see ISO/IEC 14496-12 - 8.8.3
 */
export function buildTrex(trackId: number): Box {
  return fullBox('trex', 0, 0, 20, (writer) => {
    writer.u32(trackId);
    writer.u32(1); // default_sample_description_index
    writer.zeros(12); // default_sample_duration, _size, _flags
  });
}

/** What track fragments leave unsaid. */
export interface TrackExtends {
  /** track_ID. */
  readonly trackId: number;
  /** Sample entry, counted from 1. */
  readonly descriptionIndex: number;
  /** Ticks. */
  readonly duration: number;
  /** Bytes. */
  readonly size: number;
  /** Sample flags. */
  readonly flags: number;
}

/**
 * Parses a TrackExtendsBox.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 8.8.3
 */
export function parseTrex(box: BoxView): TrackExtends {
  const { cursor } = openFullBox(box);
  return {
    trackId: cursor.u32(),
    descriptionIndex: cursor.u32(),
    duration: cursor.u32(),
    size: cursor.u32(),
    flags: cursor.u32(),
  };
}
