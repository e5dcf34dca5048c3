import type { SampleOptions } from '../../media/demuxer.js';
import type { Source } from '../../media/source.js';
import { SourceReader } from './source-reader.js';

/** Least bytes of a range where each track is read by itself. */
const LANE_RANGE_BYTES = 256 << 10;

/** Readers of one iteration over samples, opened when they are first used. Must be closed. */
export class ReaderPool {
  readonly #source: Source;
  readonly #signal: AbortSignal | undefined;
  readonly #readers: SourceReader[] = [];
  readonly #unfollow: (() => void)[] = [];
  readonly #lanes = new Map<number, SourceReader>();
  #main: SourceReader | undefined;
  /** The first byte that is probably not needed. */
  #end: number | undefined;

  /**
   * @param source - what is read.
   * @param headReader - a reader that is to go on as the main one; taken over.
   * @param options - the iteration's signal and end.
   */
  constructor(source: Source, headReader: SourceReader | undefined, options: SampleOptions) {
    this.#source = source;
    this.#signal = options.signal;
    this.#end = options.endOffset;
    if (headReader !== undefined) this.#main = this.#adopt(headReader);
  }

  /** Tells where reading will probably end, before it begins. */
  expectEnd(offset: number | undefined): void {
    this.#end = offset;
  }

  /** Reads from end to end. */
  get main(): SourceReader {
    this.#main ??= this.#adopt(new SourceReader(this.#source, { mode: 'stream', end: this.#end }));
    return this.#main;
  }

  /** Reads one track. */
  lane(trackId: number): SourceReader {
    let reader = this.#lanes.get(trackId);
    if (reader === undefined) {
      reader = this.#adopt(new SourceReader(this.#source, { mode: 'ranges', rangeBytes: LANE_RANGE_BYTES }));
      this.#lanes.set(trackId, reader);
    }
    return reader;
  }

  /** Closes all readers. */
  async close(): Promise<void> {
    for (const unfollow of this.#unfollow) unfollow();
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  #adopt(reader: SourceReader): SourceReader {
    this.#readers.push(reader);
    this.#unfollow.push(reader.follow(this.#signal));
    return reader;
  }
}
