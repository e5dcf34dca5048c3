import { SegmintError } from '../errors.js';
import type { DamageLog } from '../media/damage-log.js';
import { inTurns } from '../media/in-turns.js';
import type { IndexEntry } from '../media/media-index.js';
import type { ReadOptions, Source } from '../media/source.js';
import { parseCues } from './cues.js';
import type { Head } from './head.js';
import { followSeekHeads } from './linked-parts.js';
import { ID } from './schema.js';
import { type TailWindow, withWindow } from './tail.js';

/** Reads the Cues of a file when they are first asked for, and keeps what was found of each track. */
export class CueReader {
  readonly #source: Source;
  readonly #head: Head;
  readonly #timestampScale: number;
  readonly #damage: DamageLog;
  readonly #found = new Map<number, readonly IndexEntry[] | undefined>();
  /** The end of the source, when it was read and the Cues may be among it. */
  #tail: TailWindow | undefined;

  /**
   * @param source - where the file is.
   * @param head - of the file; what is read is added to it.
   * @param timestampScale - nanoseconds a Segment Tick.
   * @param damage - is told of Cues that are broken.
   */
  constructor(source: Source, head: Head, timestampScale: number, damage: DamageLog) {
    this.#source = source;
    this.#head = head;
    this.#timestampScale = timestampScale;
    this.#damage = damage;
  }

  /** The end of the source was read for something else: Cues that stand there need not be fetched. */
  offerTail(window: TailWindow): void {
    if (this.#head.parts.cues === undefined) this.#tail = window;
  }

  /**
   * Reads the cues of one track.
   * @param trackId - the track's number.
   * @param codecDelay - nanoseconds that its times are ahead of.
   * @returns entries in order of time; undefined when there are none.
   * @throws {SourceError} when the source cannot be read.
   */
  async read(
    trackId: number,
    codecDelay: number,
    options: ReadOptions,
  ): Promise<readonly IndexEntry[] | undefined> {
    if (this.#found.has(trackId)) return this.#found.get(trackId);
    if (this.#head.parts.cues === undefined && this.#source.seekable) {
      const source = this.#tail === undefined ? this.#source : withWindow(this.#source, this.#tail);
      await followSeekHeads(source, this.#head, new Set([ID.Cues]), options.signal);
    }
    const entries = await this.#parse(trackId, codecDelay, options);
    this.#found.set(trackId, entries);
    this.#tail = undefined;
    return entries;
  }

  async #parse(
    trackId: number,
    codecDelay: number,
    { signal }: ReadOptions,
  ): Promise<readonly IndexEntry[] | undefined> {
    const { cues } = this.#head.parts;
    if (cues === undefined) return undefined;
    try {
      const parsing = parseCues(cues.data, cues.offset, trackId, {
        segmentOffset: this.#head.segmentOffset,
        timestampScale: this.#timestampScale,
        codecDelay,
      });
      const entries = await inTurns(parsing, signal);
      return entries.length === 0 ? undefined : entries;
    } catch (error) {
      signal?.throwIfAborted();
      // Cues are a convenience: a broken index is as good as none.
      if (!(error instanceof SegmintError)) throw error;
      this.#damage.add('dropped', cues.offset, cues.data.length, error.message);
      return undefined;
    }
  }
}
