import type { IndexEntry } from '../../media/media-index.js';
import type { SubtitleTrack } from '../../media/track.js';
import type { SegmentContext } from '../segment/segment-track.js';
import { readIndexed } from './read-indexed.js';
import { readScanned } from './read-scanned.js';
import { readTable } from './read-table.js';
import type { ShownSample, TimeRange } from './shown-sample.js';

/**
 * Finds the samples of a subtitle track by their time, with as little reading as the container allows: where an index leads
 * to each of them, or tables do, only those; else what is stored around the time, which is what playing it reads as well.
 */
export class SubtitleSamples {
  readonly #context: SegmentContext;
  readonly #track: SubtitleTrack;
  #entries: Promise<readonly IndexEntry[] | undefined> | undefined;

  /**
   * @param context - the opened source.
   * @param track - one of its tracks.
   */
  constructor(context: SegmentContext, track: SubtitleTrack) {
    this.#context = context;
    this.#track = track;
  }

  /**
   * Gives what is shown at any time of a range. What began before it and is still shown is among them, as far back as is
   * looked: without end where an index says how long each is, else half a minute, and ten seconds without any.
   * @returns in order of time, a few at a time; a pure function of the source and the range.
   * @throws {SourceError} when the source cannot be read.
   */
  async *read(
    range: TimeRange,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ShownSample[], void, undefined> {
    const { demuxer, origin } = this.#context;
    if (demuxer.readsTracksAlone === true) {
      yield* readTable(this.#context, this.#track, range, signal);
      return;
    }
    const entries = await this.#index(signal);
    if (entries === undefined) {
      yield* readScanned(this.#context, this.#track, range, signal);
      return;
    }
    const readEntry = (entry: IndexEntry) => demuxer.readCuedSample!(entry, { signal });
    for await (const { samples, lostAtMs } of readIndexed(
      entries,
      this.#track,
      origin,
      range,
      readEntry,
      signal,
    )) {
      if (samples.length > 0) yield samples;
      if (lostAtMs !== undefined) yield* this.#scanFrom(lostAtMs, range, signal);
    }
  }

  /** Goes on without the index, which has turned out to be wrong. */
  async *#scanFrom(
    startMs: number,
    range: TimeRange,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ShownSample[], void, undefined> {
    const rest = { startMs: Math.max(range.startMs, startMs), endMs: range.endMs };
    for await (const samples of readScanned(this.#context, this.#track, rest, signal)) {
      const further = samples.filter((sample) => sample.startMs >= startMs);
      if (further.length > 0) yield further;
    }
  }

  /** The index, if there is one that leads to every sample. */
  async #index(signal: AbortSignal): Promise<readonly IndexEntry[] | undefined> {
    this.#entries ??= this.#readIndex(signal);
    try {
      return await this.#entries;
    } catch (error) {
      this.#entries = undefined;
      throw error;
    }
  }

  async #readIndex(signal: AbortSignal): Promise<readonly IndexEntry[] | undefined> {
    const { demuxer } = this.#context;
    const entries = await demuxer.readCues?.(this.#track.id, { signal });
    if (entries === undefined || demuxer.readCuedSample === undefined) return undefined;
    const isExact = entries.every(({ relativePosition }) => relativePosition !== undefined);
    const stated = statedSampleCount(this.#context, this.#track.id);
    // An index may name some of the samples only, as that of the video does.
    return isExact && entries.length >= (stated ?? 0) ? entries : undefined;
  }
}

/** How many samples a track has by the statistics that mkvmerge writes. */
function statedSampleCount({ demuxer }: SegmentContext, trackId: number): number | undefined {
  const tag = demuxer.info.tags.find((one) => one.trackId === trackId && one.name === 'NUMBER_OF_FRAMES');
  return tag !== undefined && /^\d{1,9}$/.test(tag.value) ? Number(tag.value) : undefined;
}
