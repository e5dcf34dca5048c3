import type { TextCue } from '../../media/text-cue.js';

/**
 * The head of a WebVTT file.
 * @param isSegment - of HLS: says that its times are those of the media. Players of fragmented MP4 take that for granted,
 * but some of them only when they know where the video begins.
 * @see WebVTT, section 4.1; RFC 8216, section 3.5
 */
export function writeWebvttHead({ isSegment }: { readonly isSegment: boolean }): string {
  return isSegment ? 'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n' : 'WEBVTT\n\n';
}

/**
 * Writes cues. They have no names: a player that meets one in two segments knows it by its times and its text.
 * @param cues - in order.
 * @see WebVTT, section 4.1 (WebVTT cue block)
 */
export function writeWebvttCues(cues: Iterable<TextCue>): string {
  let text = '';
  for (const { startMs, endMs, settings, text: payload } of cues) {
    const suffix = settings === '' ? '' : ` ${settings}`;
    text += `${writeTimestamp(startMs)} --> ${writeTimestamp(endMs)}${suffix}\n${payload}\n\n`;
  }
  return text;
}

function writeTimestamp(timeMs: number): string {
  const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const seconds = Math.floor(timeMs / 1000);
  const minutes = Math.floor(seconds / 60);
  return `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}:${pad(seconds % 60, 2)}.${pad(timeMs % 1000, 3)}`;
}
