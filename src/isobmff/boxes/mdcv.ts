import type { MasteringDisplay } from '../../media/track.js';
import { box, type Box } from '../box.js';
import type { ByteWriter } from '../../bytes/byte-writer.js';
import type { ByteCursor } from '../../bytes/cursor.js';
import { boxCursor, type BoxView } from '../box-view.js';

/** Chromaticities count in steps of 0.00002. */
const CHROMATICITY_STEPS = 50_000;
/** Luminances count in steps of 0.0001 cd/m2. */
const LUMINANCE_STEPS = 10_000;

/**
 * MasteringDisplayColourVolumeBox. The primaries stand in the order of the SEI message that it repeats: green, blue, red.
 * @see ISO/IEC 14496-12 - 12.1.7; ITU-T H.265, D.3.28
 */
export function buildMdcv(display: MasteringDisplay): Box {
  return box('mdcv', 24, (writer) => {
    writeChromaticity(writer, display.green);
    writeChromaticity(writer, display.blue);
    writeChromaticity(writer, display.red);
    writeChromaticity(writer, display.white);
    writer.u32(steps(display.maxLuminance, LUMINANCE_STEPS, 0xffffffff));
    writer.u32(steps(display.minLuminance, LUMINANCE_STEPS, 0xffffffff));
  });
}

function writeChromaticity(writer: ByteWriter, [x, y]: readonly [number, number]): void {
  writer.u16(steps(x, CHROMATICITY_STEPS, 0xffff));
  writer.u16(steps(y, CHROMATICITY_STEPS, 0xffff));
}

/** Counts steps, within what the field holds: a file may state anything, infinity included. */
function steps(value: number, perUnit: number, max: number): number {
  return Math.min(Math.max(Math.round(value * perUnit), 0), max);
}

/**
 * Parses a MasteringDisplayColourVolumeBox.
 * @throws {MalformedMediaError} when it is cut off.
 * @see ISO/IEC 14496-12 - 12.1.7
 */
export function parseMdcv(box: BoxView): MasteringDisplay {
  const cursor = boxCursor(box);
  const green = readChromaticity(cursor);
  const blue = readChromaticity(cursor);
  const red = readChromaticity(cursor);
  const white = readChromaticity(cursor);
  const maxLuminance = cursor.u32() / LUMINANCE_STEPS;
  return { red, green, blue, white, maxLuminance, minLuminance: cursor.u32() / LUMINANCE_STEPS };
}

function readChromaticity(cursor: ByteCursor): readonly [number, number] {
  return [cursor.u16() / CHROMATICITY_STEPS, cursor.u16() / CHROMATICITY_STEPS];
}
