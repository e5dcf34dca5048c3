import type { CueContent } from '../../../media/text-cue.js';
import { parseCueSettings } from './cue-settings.js';
import { parseWebvttCueText } from './parse-cue-text.js';

/**
 * Parses a block of `S_TEXT/WEBVTT`: the cue text; its settings stand in the block's addition, before its name.
 * @param text - of the block.
 * @param addition - of the BlockAdditional, where there is one.
 * @returns undefined when there is nothing to be seen.
 * @see RFC 9559; Matroska, "Codec mappings", S_TEXT/WEBVTT
 */
export function parseWebvttBlock(text: string, addition: string | undefined): CueContent | undefined {
  const cueText = parseWebvttCueText(text);
  const [list = ''] = (addition ?? '').split('\n', 1);
  return cueText === '' ? undefined : { text: cueText, settings: parseCueSettings(list) };
}

/**
 * Parses a block of `D_WEBVTT/…`, as the first WebM files had it: the cue's name, its settings, and its text, each from a
 * new line on.
 * @returns undefined when there is nothing to be seen.
 * @see WebM, "WebVTT in WebM"
 */
export function parseWebmWebvttBlock(text: string): CueContent | undefined {
  const [, list = '', ...lines] = text.replace(/\r\n?/g, '\n').split('\n');
  return parseWebvttBlock(lines.join('\n'), list);
}
