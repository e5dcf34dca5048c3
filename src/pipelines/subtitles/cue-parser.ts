import { parseMatroskaEvent } from '../../codecs/subtitles/ass/parse-event.js';
import { parseScriptText } from '../../codecs/subtitles/ass/parse-script-text.js';
import { parseScriptStyles } from '../../codecs/subtitles/ass/script-head.js';
import { parseSubripText } from '../../codecs/subtitles/subrip/parse-subrip-text.js';
import {
  parseWebmWebvttBlock,
  parseWebvttBlock,
} from '../../codecs/subtitles/webvtt/parse-matroska-block.js';
import type { CueContent, TextCue } from '../../media/text-cue.js';
import type { SubtitleTrack } from '../../media/track.js';
import { decodeText } from './decode-text.js';
import { UNSTATED_MS, type ShownSample } from './shown-sample.js';

/** Parses the samples of one track into cues. */
export type ParseCues = (sample: ShownSample) => readonly TextCue[];

/** The most bytes of a sample of text; what is behind is left out. */
const MAX_TEXT_BYTES = 256 << 10;

/**
 * Chooses how the samples of a track become cues.
 * @returns undefined when they are no text, or of a kind that nothing here reads.
 */
export function cueParserOf(track: SubtitleTrack): ParseCues | undefined {
  const parse = contentParserOf(track);
  if (parse === undefined) return undefined;
  return (sample) => {
    const startMs = Math.max(0, sample.startMs);
    const endMs = sample.endMs ?? sample.startMs + UNSTATED_MS;
    const content = endMs > startMs ? parse(sample) : undefined;
    return content === undefined ? [] : [{ startMs, endMs, ...content }];
  };
}

function contentParserOf(
  track: SubtitleTrack,
): ((sample: ShownSample) => CueContent | undefined) | undefined {
  switch (track.codec) {
    case 'subrip':
    case 'text':
      return ({ data }) => parseSubripText(textOf(data));
    case 'webvtt':
      return track.codecTag.startsWith('D_WEBVTT/')
        ? ({ data }) => parseWebmWebvttBlock(textOf(data))
        : ({ data, addition }) => parseWebvttBlock(textOf(data), addition && textOf(addition));
    case 'ass':
    case 'ssa': {
      const styles = parseScriptStyles(
        track.codecPrivate === undefined ? '' : decodeText(track.codecPrivate),
      );
      return ({ data }) => {
        const event = parseMatroskaEvent(textOf(data));
        return event && parseScriptText(event.text, event.style, styles);
      };
    }
    default:
      return undefined;
  }
}

function textOf(data: Uint8Array): string {
  return decodeText(data.subarray(0, MAX_TEXT_BYTES));
}
