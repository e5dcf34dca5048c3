import { parseSubPicture } from '../../codecs/subtitles/vobsub/sub-picture.js';
import { writeVobsubEntry, writeVobsubHead } from '../../codecs/subtitles/vobsub/write-index.js';
import { packedSize, writePacks } from '../../codecs/subtitles/vobsub/write-packs.js';
import type { SubtitleTrack } from '../../media/track.js';
import { canonicalLanguage } from '../../playlist/hls/language-tag.js';
import { decodeText } from './decode-text.js';
import { UNSTATED_MS, type TimeRange } from './shown-sample.js';
import type { SubtitleSamples } from './subtitle-samples.js';

/** How far back the picture is looked for that is shown when a range begins; they say themselves how long they last. */
const LOOK_BACK_MS = 30_000;

/** A picture, and when it appears. */
interface TimedPicture {
  readonly timeMs: number;
  readonly data: Uint8Array;
}

/**
 * Writes the `.idx` file of a track of VobSub: its settings, and where in the `.sub` file of the same range each picture is.
 * @param samples - of the track.
 */
export async function* readVobsubIndex(
  { codecPrivate, language }: SubtitleTrack,
  samples: SubtitleSamples,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const settings = codecPrivate === undefined ? '' : decodeText(codecPrivate);
  const [name = 'und'] = canonicalLanguage(language)?.split('-') ?? [];
  yield encoder.encode(writeVobsubHead(settings, name));
  let position = 0;
  for await (const { timeMs, data } of pictures(samples, range, signal)) {
    yield encoder.encode(writeVobsubEntry(timeMs, position));
    position += packedSize(data.length);
  }
}

/**
 * Writes the `.sub` file of a track of VobSub: the pictures of a range.
 * @param samples - of the track.
 */
export async function* readVobsubPacks(
  samples: SubtitleSamples,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { timeMs, data } of pictures(samples, range, signal)) yield writePacks(data, timeMs);
}

/** The pictures of a range, and before them the one that is shown when it begins: a later one takes its place. */
async function* pictures(
  samples: SubtitleSamples,
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<TimedPicture, void, undefined> {
  const around = { startMs: range.startMs - LOOK_BACK_MS, endMs: range.endMs };
  let before: TimedPicture | undefined;
  for await (const some of samples.read(range.startMs > 0 ? around : range, signal)) {
    for (const { startMs, endMs, data } of some) {
      const picture = parseSubPicture(data);
      if (picture === undefined || startMs >= range.endMs) continue;
      const timed = { timeMs: Math.max(0, startMs), data: picture.data };
      if (startMs <= range.startMs) {
        const goesMs = endMs ?? startMs + (picture.durationMs ?? UNSTATED_MS);
        before = goesMs > range.startMs ? timed : undefined;
        continue;
      }
      if (before !== undefined) yield before;
      before = undefined;
      yield timed;
    }
  }
  if (before !== undefined) yield before;
}
