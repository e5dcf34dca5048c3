import { parseMatroskaEvent } from '../../codecs/subtitles/ass/parse-event.js';
import { parseScriptText } from '../../codecs/subtitles/ass/parse-script-text.js';
import { parseScriptStyles } from '../../codecs/subtitles/ass/script-head.js';
import { parseSubripText } from '../../codecs/subtitles/subrip/parse-subrip-text.js';
import { parseTimedTextSample } from '../../codecs/subtitles/tx3g/parse-sample.js';
import {
  parseWebmWebvttBlock,
  parseWebvttBlock,
} from '../../codecs/subtitles/webvtt/parse-matroska-block.js';
import { parseWebvttSample } from '../../codecs/subtitles/webvtt/parse-mp4-sample.js';
import type { CueContent, TextCue } from '../../media/text-cue.js';
import type { SubtitleTrack } from '../../media/track.js';
import { decodeText } from './decode-text.js';
import { UNSTATED_MS, type ShownSample } from './shown-sample.js';

/** Parses the samples of one track into cues. */
export type ParseCues = (sample: ShownSample) => readonly TextCue[];

type ParseContent = (sample: ShownSample) => readonly CueContent[];

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
    if (endMs <= startMs) return [];
    const short = { ...sample, data: sample.data.subarray(0, MAX_TEXT_BYTES) };
    return parse(short).map((content) => ({ startMs, endMs, ...content }));
  };
}

function contentParserOf({ codec, codecTag, codecPrivate }: SubtitleTrack): ParseContent | undefined {
  switch (codec) {
    case 'subrip':
    case 'text':
      return ({ data }) => listOf(parseSubripText(decodeText(data)));
    case 'mov_text':
      return ({ data }) => listOf(parseTimedTextSample(data, codecPrivate, decodeText));
    case 'webvtt':
      if (codecTag === 'wvtt') return ({ data }) => parseWebvttSample(data, decodeText);
      if (codecTag.startsWith('D_WEBVTT/'))
        return ({ data }) => listOf(parseWebmWebvttBlock(decodeText(data)));
      return ({ data, addition }) =>
        listOf(parseWebvttBlock(decodeText(data), addition && decodeText(addition)));
    case 'ass':
    case 'ssa': {
      const styles = parseScriptStyles(codecPrivate === undefined ? '' : decodeText(codecPrivate));
      return ({ data }) => {
        const event = parseMatroskaEvent(decodeText(data));
        return event === undefined ? [] : listOf(parseScriptText(event.text, event.style, styles));
      };
    }
    default:
      return undefined;
  }
}

function listOf(content: CueContent | undefined): readonly CueContent[] {
  return content === undefined ? [] : [content];
}
