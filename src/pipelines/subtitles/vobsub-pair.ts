import { parseVobsubStreams, type VobsubEntry } from '../../codecs/subtitles/vobsub/parse-index.js';
import { writeVobsubEntry, writeVobsubHead } from '../../codecs/subtitles/vobsub/write-index.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { canonicalLanguage } from '../../media/canonical-language.js';
import { decodeText } from './decode-text.js';
import type { TimeRange } from './shown-sample.js';

/** The most bytes of an index; three hours in eight languages take one million. */
export const MAX_INDEX_BYTES = 8 << 20;

/** A sub-picture has at most 64 KiB, and its packs a little more. */
const MAX_PICTURE_BYTES = 128 << 10;

/** How far back the picture is looked for that is shown when a range begins; they say themselves how long they last. */
const LOOK_BACK_MS = 30_000;

/** A picture of a part: where its packs are in the file. */
interface Slice extends VobsubEntry {
  readonly length: number;
}

/** A VobSub pair beside a film: an index, and a file of pictures that is read where they are wanted. */
export class VobsubPair {
  /** BCP-47 tags of its streams; undefined where the index does not tell. */
  readonly languages: readonly (string | undefined)[];
  readonly #settings: string;
  readonly #streams: readonly (readonly VobsubEntry[])[];
  /** Where all pictures begin, in order. */
  readonly #positions: readonly number[];

  /**
   * @param index - the whole `.idx` file.
   * @throws {LimitExceededError} when there are too many pictures.
   */
  constructor(index: Uint8Array) {
    this.#settings = decodeText(index);
    const streams = parseVobsubStreams(this.#settings);
    this.languages = streams.map(({ language }) => {
      const tag = canonicalLanguage(language);
      return tag === 'und' ? undefined : tag;
    });
    this.#streams = streams.map(({ entries }) => entries.toSorted((a, b) => a.timeMs - b.timeMs));
    this.#positions = this.#streams
      .flatMap((entries) => entries.map(({ position }) => position))
      .sort(ascending);
  }

  /**
   * Writes the index of a part of one stream; its places are those of {@link readPacks} for the same part.
   * @param stream - from 0.
   * @param range - what of it; the picture that is shown when it begins is part of it.
   * @param size - of the `.sub` file, in bytes.
   */
  writeIndex(stream: number, range: TimeRange, size: number): string {
    const [language = 'und'] = this.languages[stream]?.split('-') ?? [];
    let at = 0;
    const lines = this.#slices(stream, range, size).map(({ timeMs, length }) => {
      at += length;
      return writeVobsubEntry(timeMs, at - length);
    });
    return writeVobsubHead(this.#settings, language) + lines.join('');
  }

  /**
   * Reads the pictures of a part of one stream.
   * @param pictures - the `.sub` file; stays the caller's to close.
   * @throws {SourceError} when it cannot be read.
   */
  async *readPacks(
    stream: number,
    range: TimeRange,
    pictures: Source,
    options: ReadOptions,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for (const { position, length } of this.#slices(stream, range, pictures.size ?? 0))
      yield await pictures.read(position, length, options);
  }

  #slices(stream: number, { startMs, endMs }: TimeRange, size: number): Slice[] {
    const entries = this.#streams[stream] ?? [];
    const next = entries.findIndex(({ timeMs }) => timeMs > startMs);
    const shown = (next < 0 ? entries.length : next) - 1;
    const isLongAgo = (entries[shown]?.timeMs ?? 0) < startMs - LOOK_BACK_MS;
    return entries
      .slice(Math.max(0, isLongAgo ? shown + 1 : shown))
      .filter(({ timeMs, position }) => timeMs < endMs && position < size)
      .map((entry) => ({ ...entry, length: this.#lengthAt(entry.position, size) }));
  }

  /** A picture reaches to where the next one begins, whatever its language. */
  #lengthAt(position: number, size: number): number {
    let [from, to] = [0, this.#positions.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#positions[middle]! <= position) from = middle + 1;
      else to = middle;
    }
    return Math.min(this.#positions[from] ?? size, size, position + MAX_PICTURE_BYTES) - position;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
