import { fullBox, type Box } from '../box.js';
import { headerVersion, timesSize, writeCreationTimes, writeDuration } from '../times.js';
import { openFullBox, type BoxView } from '../box-view.js';
import { parseMediaLanguage } from '../language.js';
import { readDuration, skipCreationTimes } from '../times.js';

/**
 * MediaHeaderBox.
 * @param timescale - ticks a second of the track.
 * @param duration - ticks; 0 when it is left to the fragments.
 * @param languageCode - ISO 639-2/T, three letters a to z.
 * @see ISO/IEC 14496-12 - 8.4.2
 */
export function buildMdhd(timescale: number, duration: number, languageCode: string): Box {
  const version = headerVersion(duration);
  return fullBox('mdhd', version, 0, 8 + timesSize(version), (writer) => {
    writeCreationTimes(writer, version);
    writer.u32(timescale);
    writeDuration(writer, version, duration);
    writer.u16(packLanguage(languageCode));
    writer.u16(0); // pre_defined
  });
}

/** Packs three letters into three times five bits, each as its distance from 0x60. */
function packLanguage(code: string): number {
  let packed = 0;
  for (let i = 0; i < 3; i++) packed = (packed << 5) | ((code.charCodeAt(i) - 0x60) & 0x1f);
  return packed;
}

/** What a media header says. */
export interface MediaHeader {
  /** Ticks a second of the track. */
  readonly timescale: number;
  /** Ticks; undefined when it is not known. */
  readonly duration: number | undefined;
  /** BCP-47 language tag; `und` when not known. */
  readonly language: string;
}

/**
 * Parses a MediaHeaderBox.
 * @throws {MalformedMediaError} when it is cut off, or a second has no ticks.
 * @see ISO/IEC 14496-12 - 8.4.2
 */
export function parseMdhd(box: BoxView): MediaHeader {
  const { version, cursor } = openFullBox(box);
  skipCreationTimes(cursor, version);
  const timescale = cursor.u32();
  if (timescale === 0) throw cursor.malformed('has a timescale of 0');
  const duration = readDuration(cursor, version);
  return { timescale, duration, language: parseMediaLanguage(cursor.u16()) };
}
