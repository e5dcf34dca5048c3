import type { ContentLight, DolbyVision, MasteringDisplay } from '../../media/track.js';

/**
 * Reads libavutil's side data, which are structures of C as the machine lays them out. Those that are shorter than
 * expected say nothing.
 */

/** Angle of a fixed-point number's one in a display matrix. */
const ONE = 65_536;

/**
 * Reads how a picture is turned.
 * @param bytes - AV_PKT_DATA_DISPLAYMATRIX: nine 32-bit numbers.
 * @returns degrees clockwise, in whole quarters.
 */
export function readRotation(bytes: Uint8Array | undefined): 0 | 90 | 180 | 270 {
  if (bytes === undefined || bytes.length < 36) return 0;
  const view = viewOf(bytes);
  const degrees = (Math.atan2(view.getInt32(4, true) / ONE, view.getInt32(0, true) / ONE) * 180) / Math.PI;
  const quarters = ((Math.round(degrees / 90) % 4) + 4) % 4;
  return (quarters * 90) as 0 | 90 | 180 | 270;
}

/**
 * Reads AVMasteringDisplayMetadata: six chromaticities of the primaries, two of white, two luminances, each a fraction of
 * two 32-bit numbers, then whether either is there.
 */
export function readMasteringDisplay(bytes: Uint8Array | undefined): MasteringDisplay | undefined {
  if (bytes === undefined || bytes.length < 88) return undefined;
  const view = viewOf(bytes);
  if (view.getInt32(80, true) === 0 || view.getInt32(84, true) === 0) return undefined;
  const number = (index: number): number => {
    const denominator = view.getInt32(index * 8 + 4, true);
    return denominator === 0 ? 0 : view.getInt32(index * 8, true) / denominator;
  };
  const point = (index: number): [number, number] => [number(index), number(index + 1)];
  return {
    red: point(0),
    green: point(2),
    blue: point(4),
    white: point(6),
    minLuminance: number(8),
    maxLuminance: number(9),
  };
}

/** Reads AVContentLightMetadata: two 32-bit numbers. */
export function readContentLight(bytes: Uint8Array | undefined): ContentLight | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  const view = viewOf(bytes);
  return { maxCll: view.getUint32(0, true), maxFall: view.getUint32(4, true) };
}

/**
 * Reads AVDOVIDecoderConfigurationRecord, a byte for each field, and writes the record as MP4 stores it.
 * @see Dolby Vision Streams Within the ISO Base Media File Format, section 3.2
 */
export function readDolbyVision(bytes: Uint8Array | undefined): DolbyVision | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  const [major, minor, profile, level, hasRpu, hasEnhancement, hasBase, compatibility] = bytes;
  const record = new Uint8Array(24);
  record[0] = major!;
  record[1] = minor!;
  record[2] = (profile! << 1) | (level! >> 5);
  record[3] =
    ((level! & 0x1f) << 3) |
    (Number(hasRpu! !== 0) << 2) |
    (Number(hasEnhancement! !== 0) << 1) |
    Number(hasBase! !== 0);
  record[4] = compatibility! << 4;
  return { boxType: profile! > 10 ? 'dvwC' : profile! > 7 ? 'dvvC' : 'dvcC', record };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
