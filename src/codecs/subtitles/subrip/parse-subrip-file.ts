import type { TextCue } from '../../../media/text-cue.js';
import { checkCueCount, millisecondsOf } from '../file-limits.js';
import { parseSubripText } from './parse-subrip-text.js';

const TIME = String.raw`(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.:](\d{1,9}))?`;
const TIMING = new RegExp(String.raw`^\s{0,20}${TIME}\s{0,20}-{1,2}>\s{0,20}${TIME}`);

/**
 * Parses a SubRip file. What counts are its lines with times: numbers may be wrong or missing, and empty lines may stand
 * where none should or be left out.
 * @param text - of the file.
 * @returns its cues, in order of time.
 * @throws {LimitExceededError} when there are too many.
 */
export function parseSubripFile(text: string): TextCue[] {
  const cues: TextCue[] = [];
  let times: { readonly startMs: number; readonly endMs: number } | undefined;
  let lines: string[] = [];
  const end = (isFollowed: boolean): void => {
    const content = parseSubripText((isFollowed ? withoutNumber(lines) : lines).join('\n'));
    if (times !== undefined && content !== undefined && times.endMs > times.startMs)
      cues.push({ ...times, ...content });
    checkCueCount(cues.length);
    lines = [];
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, ...parts] = TIMING.exec(line) ?? [];
    if (parts.length === 0) {
      lines.push(line);
      continue;
    }
    end(true);
    times = {
      startMs: millisecondsOf(parts[0], parts[1]!, parts[2]!, parts[3]),
      endMs: millisecondsOf(parts[4], parts[5]!, parts[6]!, parts[7]),
    };
  }
  end(false);
  return cues.sort((a, b) => a.startMs - b.startMs);
}

/** Takes the number of the next cue off the lines before its times. */
function withoutNumber(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return last >= 0 && /^\s{0,20}\d{1,9}\s{0,20}$/.test(lines[last]!) ? lines.slice(0, last) : lines;
}
