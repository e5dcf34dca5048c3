import { fullBox, type Box } from '../box.js';
import { writeTimes } from '../times.js';

/**
 * MediaHeaderBox. Its duration is zero: all samples are in the fragments.
 * @param timescale - ticks a second of the track.
 * @param languageCode - ISO 639-2/T, three letters a to z.
 * @see ISO/IEC 14496-12 - 8.4.2
 */
export function buildMdhd(timescale: number, languageCode: string): Box {
  return fullBox('mdhd', 0, 0, 20, (writer) => {
    writeTimes(writer, 0, timescale, 0);
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
