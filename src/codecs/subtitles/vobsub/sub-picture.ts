/** Sizes of the commands of a control sequence, with their codes; of 7 it is said behind the code. */
const COMMAND_BYTES: ReadonlyMap<number, number> = new Map([
  // Forced start, start and stop of display.
  [0, 1],
  [1, 1],
  [2, 1],
  // Colours, contrast, area, addresses of the picture.
  [3, 3],
  [4, 3],
  [5, 7],
  [6, 5],
]);
const STOP_DISPLAY = 2;
const CHANGE_COLOURS = 7;
const END_OF_COMMANDS = 0xff;
/** Most control sequences of one picture; two are usual. */
const MAX_SEQUENCES = 256;
/** The fields of sizes that a unit begins with, and those that a control sequence does. */
const HEADER_BYTES = 4;

/** A sub-picture unit of a DVD: one picture, with when it goes. */
export interface SubPicture {
  /** The unit; a view. */
  readonly data: Uint8Array;
  /** How long it is shown, in whole milliseconds; undefined where it does not say that. */
  readonly durationMs: number | undefined;
}

/**
 * Parses a sub-picture unit as Matroska stores it.
 * @param data - not copied; what is behind the unit is left out.
 * @returns undefined when it is none, or cut off.
 * @see Matroska, "Codec mappings", S_VOBSUB; DVD specifications for read-only disc, part 3, "Sub-picture unit"
 */
export function parseSubPicture(data: Uint8Array): SubPicture | undefined {
  const size = u16(data, 0);
  const control = u16(data, 2);
  if (size > data.length || control < HEADER_BYTES || control + HEADER_BYTES > size) return undefined;
  const unit = data.subarray(0, size);
  return { data: unit, durationMs: durationOf(unit, control) };
}

/** When display stops: the first control sequence that says so has its time. */
function durationOf(unit: Uint8Array, control: number): number | undefined {
  let at = control;
  for (let n = 0; n < MAX_SEQUENCES && at + HEADER_BYTES <= unit.length; n++) {
    const next = u16(unit, at + 2);
    if (hasStop(unit, at + HEADER_BYTES)) {
      // In units of 1024 ticks of 90 kHz.
      const durationMs = Math.round((u16(unit, at) * 1024) / 90);
      return durationMs > 0 ? durationMs : undefined;
    }
    if (next <= at) return undefined;
    at = next;
  }
  return undefined;
}

function hasStop(unit: Uint8Array, first: number): boolean {
  for (let at = first; at < unit.length;) {
    const command = unit[at]!;
    if (command === STOP_DISPLAY) return true;
    const size = command === CHANGE_COLOURS ? 1 + u16(unit, at + 1) : COMMAND_BYTES.get(command);
    if (command === END_OF_COMMANDS || size === undefined) return false;
    at += size;
  }
  return false;
}

/** Reads 16 bits; what is behind the end is 0. */
function u16(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}
