import type { CueContent } from '../../../media/text-cue.js';
import { alignmentOfSsa, settingsOfAlignment } from '../alignment.js';
import { CueTextWriter, MAX_CUE_CHARACTERS } from '../cue-text.js';
import { DEFAULT_STYLE, styleName, type ScriptStyle, type ScriptStyles } from './script-head.js';

/** Overrides between braces, and breaks. */
const MARKUP = /\{([^{}]*)\}|\\([Nnh])/g;
/** One override that counts here: a backslash, its name, and what follows up to the next. `\bord` is no `\b`. */
const OVERRIDE = /\\(?:(an|a|b|i|u|p)(?=[\d(\\\s-]|$)|(r))([^\\]*)/g;
/** What happens in the course of time. */
const ANIMATION = /\\t\s*\([^()]*(?:\([^()]*\)[^()]*)*\)?/g;

interface State {
  style: ScriptStyle;
  alignment: number | undefined;
  isDrawing: boolean;
}

/**
 * Parses the text of an ASS or SSA event into what plain text can show of it: bold, italic and underlined text, line
 * breaks, and where it stands. Drawings, movement, colours and fonts are left out.
 * @param text - the last field of a Dialogue line.
 * @param style - the name of its style.
 * @param styles - the script's.
 * @returns undefined when there is nothing to be seen.
 * @see "ASS Tags"; "Sub Station Alpha v4.00+ Script Format", appendix A
 */
export function parseScriptText(text: string, style: string, styles: ScriptStyles): CueContent | undefined {
  const own = styles.get(styleName(style)) ?? styles.get('Default') ?? DEFAULT_STYLE;
  const state: State = { style: own, alignment: undefined, isDrawing: false };
  const writer = new CueTextWriter();
  // What drawings take up may be much, and is no text.
  const source = text.slice(0, 16 * MAX_CUE_CHARACTERS);
  let at = 0;
  const write = (part: string): void => {
    writer.style = state.style;
    if (!state.isDrawing) writer.write(part);
  };
  for (const { 0: whole, 1: overrides, 2: letter, index } of source.matchAll(MARKUP)) {
    write(source.slice(at, index));
    at = index + whole.length;
    // A soft break is one only in scripts that break no lines by themselves.
    if (letter !== undefined) write(letter === 'N' ? '\n' : letter === 'h' ? '\u00a0' : ' ');
    else applyOverrides(overrides!, state, own, styles);
  }
  write(source.slice(at));
  const written = writer.finish();
  if (written === '') return undefined;
  return { text: written, settings: settingsOfAlignment(state.alignment ?? own.alignment) };
}

function applyOverrides(overrides: string, state: State, own: ScriptStyle, styles: ScriptStyles): void {
  for (const [, name, reset, argument = ''] of overrides.replace(ANIMATION, '').matchAll(OVERRIDE)) {
    const value = argument.trim();
    const number = Number.parseInt(value, 10);
    switch (name ?? reset) {
      case 'b':
        state.style = { ...state.style, isBold: value === '' ? own.isBold : number === 1 || number >= 600 };
        break;
      case 'i':
        state.style = { ...state.style, isItalic: value === '' ? own.isItalic : number === 1 };
        break;
      case 'u':
        state.style = { ...state.style, isUnderlined: value === '' ? own.isUnderlined : number === 1 };
        break;
      case 'p':
        state.isDrawing = number > 0;
        break;
      case 'r':
        state.style = styles.get(styleName(value)) ?? own;
        break;
      // The first one of a line counts.
      case 'an':
        if (number >= 1 && number <= 9) state.alignment ??= number;
        break;
      case 'a':
        if (number >= 1 && number <= 11) state.alignment ??= alignmentOfSsa(number);
        break;
    }
  }
}
