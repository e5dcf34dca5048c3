import { alignmentOfSsa } from '../alignment.js';
import { PLAIN_STYLE, type TextStyle } from '../cue-text.js';

/** What a style of a script says that text alone can show. */
export interface ScriptStyle extends TextStyle {
  /** Where the text stands, by the keys of a number pad. */
  readonly alignment: number;
}

/** The styles of a script by their names. */
export type ScriptStyles = ReadonlyMap<string, ScriptStyle>;

/** The style of text that names none that there is. */
export const DEFAULT_STYLE: ScriptStyle = { ...PLAIN_STYLE, alignment: 2 };

const MAX_STYLES = 10_000;

/**
 * Parses the styles of an ASS or SSA script.
 * @param head - the script, or what of it comes before its events.
 * @returns styles by name; what cannot be understood is left out.
 * @see "Sub Station Alpha v4.00+ Script Format", [v4 Styles]
 */
export function parseScriptStyles(head: string): ScriptStyles {
  const styles = new Map<string, ScriptStyle>();
  let section = '';
  let columns: readonly string[] = [];
  for (const line of head.split(/\r\n|\r|\n/)) {
    const name = /^\s*\[([^\]]{1,100})\]/.exec(line)?.[1];
    if (name !== undefined) section = name.trim().toLowerCase();
    if (!/^v4\+? styles\+?$/.test(section)) continue;
    const [, key, value] = /^\s*(Format|Style)\s*:(.*)$/i.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const fields = value.split(',').map((field) => field.trim());
    if (key.toLowerCase() === 'format') columns = fields.map((field) => field.toLowerCase());
    else if (styles.size < MAX_STYLES) addStyle(styles, columns, fields, section === 'v4 styles');
  }
  return styles;
}

function addStyle(
  styles: Map<string, ScriptStyle>,
  columns: readonly string[],
  fields: readonly string[],
  isSsa: boolean,
): void {
  const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
  const alignment = Number(field('alignment'));
  const isSet = (name: string): boolean => !['', '0'].includes(field(name));
  styles.set(styleName(field('name')), {
    isBold: isSet('bold'),
    isItalic: isSet('italic'),
    isUnderlined: isSet('underline'),
    alignment: isSsa ? alignmentOfSsa(alignment) : alignment >= 1 && alignment <= 9 ? alignment : 2,
  });
}

/** A star before the name marks nothing that counts here. */
export function styleName(name: string): string {
  return name.trim().replace(/^\*+/, '');
}
