/** An event of an ASS or SSA script, without its times. */
export interface ScriptEvent {
  /** Where it stood among the events of its script. */
  readonly readOrder: number;
  /** Name of its style. */
  readonly style: string;
  /** What is shown, with its overrides. */
  readonly text: string;
  /** Its fields as a Dialogue line has them, but for the times: the layer, and those from the style on. */
  readonly layer: string;
  /** Style, name, margins, effect and text, with commas. */
  readonly rest: string;
}

/**
 * Parses an event as Matroska stores it: ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect, Text.
 * @param block - text of the block.
 * @returns undefined when fields are missing.
 * @see Matroska, "Codec mappings", S_TEXT/ASS
 */
export function parseMatroskaEvent(block: string): ScriptEvent | undefined {
  const fields = splitFields(block.replace(/\0[^]*$/, '').replace(/[\r\n]+$/, ''), 9);
  if (fields === undefined) return undefined;
  const [readOrder, layer, style] = fields;
  // A line of the script is what it was: a line break within would begin another.
  const rest = fields
    .slice(2)
    .join(',')
    .replace(/\r\n|\r|\n/g, '\\N');
  return { readOrder: Number(readOrder) || 0, layer: layer!.trim(), style: style!, text: fields[8]!, rest };
}

/**
 * Splits a line at its commas; the last field keeps those that it has.
 * @returns undefined when there are fewer fields.
 */
export function splitFields(line: string, count: number): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < count - 1) {
    const comma = line.indexOf(',', at);
    if (comma < 0) return undefined;
    fields.push(line.slice(at, comma));
    at = comma + 1;
  }
  fields.push(line.slice(at));
  return fields;
}
