import type { TextCue } from '../../../media/text-cue.js';
import { checkCueCount, millisecondsOf } from '../file-limits.js';
import { parseCueSettings } from './cue-settings.js';
import { parseWebvttCueText } from './parse-cue-text.js';

const TIME = String.raw`(?:(\d{1,4}):)?(\d{2}):(\d{2})\.(\d{3})`;
const TIMING = new RegExp(String.raw`^[ \t]{0,20}${TIME}[ \t]{1,20}-->[ \t]{1,20}${TIME}(.*)$`);

/**
 * Parses a WebVTT file. Its style sheets and regions are left out, as are notes.
 * @param text - of the file.
 * @returns its cues, in order of time.
 * @throws {LimitExceededError} when there are too many.
 * @see WebVTT, section 6.1
 */
export function parseWebvttFile(text: string): TextCue[] {
  const cues: TextCue[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at++) {
    const [, ...parts] = TIMING.exec(lines[at]!) ?? [];
    if (parts.length === 0) continue;
    const from = at + 1;
    while (at + 1 < lines.length && lines[at + 1] !== '' && !TIMING.test(lines[at + 1]!)) at++;
    const startMs = millisecondsOf(parts[0], parts[1]!, parts[2]!, parts[3]);
    const endMs = millisecondsOf(parts[4], parts[5]!, parts[6]!, parts[7]);
    const payload = parseWebvttCueText(lines.slice(from, at + 1).join('\n'));
    if (payload === '' || endMs <= startMs) continue;
    cues.push({ startMs, endMs, text: payload, settings: parseCueSettings(parts[8] ?? '') });
    checkCueCount(cues.length);
  }
  return cues.sort((a, b) => a.startMs - b.startMs);
}
