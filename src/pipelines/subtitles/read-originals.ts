import { parseMatroskaEvent } from '../../codecs/subtitles/ass/parse-event.js';
import {
  isMarkedScript,
  writeScriptEvent,
  writeScriptHead,
} from '../../codecs/subtitles/ass/write-script.js';
import { parseDisplaySet, writeDisplaySet } from '../../codecs/subtitles/pgs/display-set.js';
import type { SubtitleTrack } from '../../media/track.js';
import { decodeText } from './decode-text.js';
import { UNSTATED_MS, type TimeRange } from './shown-sample.js';
import type { SubtitleSamples } from './subtitle-samples.js';

/** How far back the picture is looked for that what is shown was built upon. */
const PICTURE_LOOK_BACK_MS = 30_000;

/**
 * Writes a track of ASS or SSA as a script: its head with all styles, and the events of a range.
 * @param samples - of the track.
 */
export async function* readScript(
  track: SubtitleTrack,
  samples: SubtitleSamples,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const { codecPrivate } = track;
  const head = writeScriptHead(codecPrivate && decodeText(codecPrivate));
  const isMarked = isMarkedScript(head);
  yield encoder.encode(head);
  for await (const some of samples.read(range, signal)) {
    let text = '';
    for (const { startMs, endMs = startMs + UNSTATED_MS, data } of some) {
      const event = parseMatroskaEvent(decodeText(data));
      if (event !== undefined && endMs > 0)
        text += writeScriptEvent(event, Math.max(0, startMs), endMs, isMarked);
    }
    if (text !== '') yield encoder.encode(text);
  }
}

/**
 * Writes a track of PGS as a `.sup` file: the display sets of a range, and of what is before it those that the first of them
 * builds upon.
 * @param samples - of the track.
 */
export async function* readPictures(
  samples: SubtitleSamples,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const around = { startMs: range.startMs - PICTURE_LOOK_BACK_MS, endMs: range.endMs };
  let before: Uint8Array[] = [];
  for await (const some of samples.read(range.startMs > 0 ? around : range, signal)) {
    for (const { startMs, data } of some) {
      const set = parseDisplaySet(data);
      if (set === undefined || startMs >= range.endMs) continue;
      const bytes = writeDisplaySet(set, Math.max(0, startMs));
      if (startMs <= range.startMs) {
        // What comes before a set that needs nothing of it is not to be seen any more.
        before = set.isEntry ? [bytes] : [...before, bytes];
        continue;
      }
      yield* before;
      before = [];
      yield bytes;
    }
  }
  yield* before;
}
