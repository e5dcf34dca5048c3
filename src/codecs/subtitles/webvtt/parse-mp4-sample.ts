import type { CueContent } from '../../../media/text-cue.js';
import { viewSampleBoxes } from '../sample-boxes.js';
import { parseCueSettings } from './cue-settings.js';
import { parseWebvttCueText } from './parse-cue-text.js';

/**
 * Parses a sample of WebVTT in MP4: all cues that are shown for as long as the sample is. A cue that begins or ends while
 * another is shown stands in several samples, and is told apart there.
 * @param decode - decodes UTF-8.
 * @returns none for a sample that fills the time between others.
 * @see ISO/IEC 14496-30 - 6.6
 */
export function parseWebvttSample(sample: Uint8Array, decode: (bytes: Uint8Array) => string): CueContent[] {
  return viewSampleBoxes(sample)
    .filter(({ type }) => type === 'vttc')
    .flatMap(({ body }) => {
      const parts = viewSampleBoxes(body);
      const textOf = (wanted: string): string => {
        const part = parts.find(({ type }) => type === wanted);
        return part === undefined ? '' : decode(part.body);
      };
      const text = parseWebvttCueText(textOf('payl'));
      return text === '' ? [] : [{ text, settings: parseCueSettings(textOf('sttg')) }];
    });
}
