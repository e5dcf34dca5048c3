import type { ScriptEvent } from './parse-event.js';

const DEFAULT_HEAD = `[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,20,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1
`;

const FIELDS = 'Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text';

/**
 * Writes what stands in a script before the events that Matroska stores in blocks.
 * @param codecPrivate - the script's head as it is stored; undefined when there is none. Which fields its events have is
 * written anew: blocks have all of them, whatever the script they came from.
 * @see Matroska, "Codec mappings", S_TEXT/ASS
 */
export function writeScriptHead(codecPrivate: string | undefined): string {
  const head = (codecPrivate ?? '')
    .replace(/\0[^]*$/, '')
    .replace(/\r\n?/g, '\n')
    .trimEnd();
  const before = head.replace(/\n?[ \t]*\[Events\][^]*$/i, '').trimEnd();
  const first = isMarkedScript(head) ? 'Marked' : 'Layer';
  return `${before === '' ? DEFAULT_HEAD : `${before}\n`}\n[Events]\nFormat: ${first}, ${FIELDS}\n`;
}

/** Whether the events of a script begin with a mark, as those of SSA do, and not with a layer. */
export function isMarkedScript(head: string): boolean {
  return /^\s*\[Events\]\s*\n\s*Format:\s*Marked\b/im.test(head);
}

/**
 * Writes an event as a Dialogue line.
 * @param isMarked - see {@link isMarkedScript}.
 */
export function writeScriptEvent(
  event: ScriptEvent,
  startMs: number,
  endMs: number,
  isMarked: boolean,
): string {
  const first = isMarked ? 'Marked=0' : event.layer === '' ? '0' : event.layer;
  return `Dialogue: ${first},${writeScriptTime(startMs)},${writeScriptTime(endMs)},${event.rest}\n`;
}

/** Hours, minutes, seconds and hundredths, as scripts have them. */
function writeScriptTime(timeMs: number): string {
  const hundredths = Math.round(timeMs / 10);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(hundredths / 100);
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}.${pad(hundredths % 100)}`;
}
