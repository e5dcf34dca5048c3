import type { MediaInfo, Tag } from '../media/media-info.js';

/** What a muxer counted of a track when it wrote the file. */
export interface TrackStatistics {
  /** Bits a second, from the track's first sample to its last. */
  readonly bitRate: number;
  /** Samples a second. */
  readonly samplesPerSecond: number | undefined;
}

/** A track may outlast the duration that the file states by as much: subtitles do. */
const durationSlack = 1.1;

/**
 * Reads the statistics tags that mkvmerge writes for each track, where they can be believed. Programs that rewrite a file
 * copy them along although they no longer hold: so the program that counted has to be the one that wrote the file, and
 * the bytes have to fit into it.
 * @param info - the file's tags and the program that wrote it.
 * @param size - bytes of the file, where that is known.
 * @returns by the track's number; empty when they cannot be believed.
 * @see https://gitlab.com/mbunkus/mkvtoolnix/-/wikis/Automatic-tag-generation
 */
export function parseStatisticsTags(
  info: MediaInfo,
  size: number | undefined,
): ReadonlyMap<number, TrackStatistics> {
  const statistics = new Map<number, TrackStatistics>();
  const longestSeconds = info.durationNs === undefined ? Infinity : (info.durationNs / 1e9) * durationSlack;
  let sum = 0;
  for (const { id } of info.tracks) {
    const tags = info.tags.filter(({ trackId }) => trackId === id);
    const app = valueOf(tags, '_STATISTICS_WRITING_APP');
    if (app === undefined || app !== info.writingApp) continue;
    const bytes = wholeNumber(valueOf(tags, 'NUMBER_OF_BYTES'));
    const seconds = parseDuration(valueOf(tags, 'DURATION'));
    if (bytes === undefined || seconds === undefined || seconds > longestSeconds) continue;
    const frames = wholeNumber(valueOf(tags, 'NUMBER_OF_FRAMES'));
    sum += bytes;
    statistics.set(id, {
      bitRate: (bytes * 8) / seconds,
      samplesPerSecond: frames === undefined ? undefined : frames / seconds,
    });
  }
  return size !== undefined && sum > size ? new Map() : statistics;
}

/** The value of a tag; older versions of mkvmerge put a language behind the name. */
function valueOf(tags: readonly Tag[], name: string): string | undefined {
  return tags.find((tag) => tag.name === name || tag.name === `${name}-eng`)?.value;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Parses `01:02:03.456000000`. */
function parseDuration(text: string | undefined): number | undefined {
  const match = /^(\d{1,4}):(\d{2}):(\d{2}(?:\.\d{1,9})?)$/.exec(text ?? '');
  if (match === null) return undefined;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3]);
  return seconds > 0 ? seconds : undefined;
}
