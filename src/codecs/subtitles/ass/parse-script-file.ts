import type { TextCue } from '../../../media/text-cue.js';
import { checkCueCount, millisecondsOf } from '../file-limits.js';
import { splitFields } from './parse-event.js';
import { parseScriptText } from './parse-script-text.js';
import { parseScriptStyles } from './script-head.js';

const TIME = /^\s{0,20}(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.:](\d{1,3}))?\s{0,20}$/;
const COLUMNS = ['layer', 'start', 'end', 'style', 'name', 'marginl', 'marginr', 'marginv', 'effect', 'text'];

/**
 * Parses the events of an ASS or SSA script into what text alone can show of them.
 * @param script - the file.
 * @returns its cues, in order of time.
 * @throws {LimitExceededError} when there are too many.
 * @see "Sub Station Alpha v4.00+ Script Format", [Events]
 */
export function parseScriptFile(script: string): TextCue[] {
  const styles = parseScriptStyles(script);
  const cues: TextCue[] = [];
  let columns: readonly string[] = COLUMNS;
  let isEvents = false;
  for (const line of script.split(/\r\n|\r|\n/)) {
    const section = /^\s{0,20}\[([^\]]{1,100})\]/.exec(line)?.[1];
    if (section !== undefined) isEvents = section.trim().toLowerCase() === 'events';
    const [, key, value] =
      (isEvents ? /^\s{0,20}(Format|Dialogue)\s{0,20}:(.*)$/i.exec(line) : undefined) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key.toLowerCase() === 'format') {
      columns = value.split(',', 64).map((name) => name.trim().toLowerCase());
      continue;
    }
    const fields = splitFields(value, columns.length);
    const field = (name: string): string => fields?.[columns.indexOf(name)] ?? '';
    const startMs = timeOf(field('start'));
    const endMs = timeOf(field('end'));
    const content = parseScriptText(field('text'), field('style'), styles);
    if (startMs === undefined || endMs === undefined || endMs <= startMs || content === undefined) continue;
    cues.push({ startMs, endMs, ...content });
    checkCueCount(cues.length);
  }
  return cues.sort((a, b) => a.startMs - b.startMs);
}

function timeOf(text: string): number | undefined {
  const [, hours, minutes, seconds, fraction] = TIME.exec(text) ?? [];
  return minutes === undefined || seconds === undefined
    ? undefined
    : millisecondsOf(hours, minutes, seconds, fraction);
}
