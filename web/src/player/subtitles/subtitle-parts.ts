// Fetches subtitles part by part, around what is played: of a long film nobody needs all, and the server may have to read all of it
// to send all of them. Each part has by itself whatever is shown within it.

/** A part of subtitles. */
export interface SubtitlePart<T> {
  /** Seconds of the source. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly content: T;
}

/** Where parts come from. */
export interface SubtitlePartsOptions<T> {
  /** Comes in one piece, as files beside a film do. */
  readonly isWhole: boolean;
  /**
   * Fetches a part.
   * @param query - names the part; empty for all.
   */
  readonly fetchPart: (query: string, signal: AbortSignal) => Promise<T>;
  /** A part came. */
  readonly onPart: () => void;
}

/** Seconds of the first part after a seek: it is to be there at once. */
const FIRST_SECONDS = 60;
/** Seconds of those that follow while it plays. */
const NEXT_SECONDS = 240;
/** Seconds before its end that the next part is fetched. */
const AHEAD_SECONDS = 30;
/** Parts that are kept, so that a short way back costs nothing. */
const MAX_PARTS = 4;
/** Milliseconds after which what failed is tried again. */
const RETRY_MS = 5000;

/** The parts of one track. */
export class SubtitleParts<T> {
  readonly #options: SubtitlePartsOptions<T>;
  #parts: readonly SubtitlePart<T>[] = [];
  #fetching: { readonly start: number; readonly end: number; readonly stop: AbortController } | undefined;
  #failedMs = -Infinity;

  constructor(options: SubtitlePartsOptions<T>) {
    this.#options = options;
  }

  /**
   * Finds the part that has a time, and sees to it that it comes, and the one after it.
   * @param seconds - of the source.
   * @returns undefined while it is not there.
   */
  at(seconds: number): SubtitlePart<T> | undefined {
    const time = Math.max(0, seconds);
    const part = this.#find(time);
    if (part === undefined) this.#fetch(Math.floor(time), FIRST_SECONDS);
    else if (time > part.end - AHEAD_SECONDS && this.#find(part.end) === undefined)
      this.#fetch(part.end, NEXT_SECONDS);
    return part;
  }

  dispose(): void {
    this.#fetching?.stop.abort();
    this.#parts = [];
  }

  #find(seconds: number): SubtitlePart<T> | undefined {
    return this.#parts.find(({ start, end }) => start <= seconds && seconds < end);
  }

  #fetch(from: number, length: number): void {
    const { isWhole } = this.#options;
    const start = isWhole ? 0 : from;
    const end = isWhole ? Infinity : start + length;
    const { start: fetched = Infinity, end: fetchedEnd = 0, stop: before } = this.#fetching ?? {};
    if ((fetched <= from && from < fetchedEnd) || performance.now() - this.#failedMs < RETRY_MS) return;
    before?.abort();
    const stop = new AbortController();
    this.#fetching = { start, end, stop };
    void this.#bring(start, end, stop);
  }

  async #bring(start: number, end: number, stop: AbortController): Promise<void> {
    const { isWhole, fetchPart, onPart } = this.#options;
    try {
      const content = await fetchPart(isWhole ? '' : `?start=${start}&end=${end}`, stop.signal);
      const kept = this.#parts.slice(-(MAX_PARTS - 1));
      this.#parts = [...kept, { start, end, content }];
    } catch {
      // It plays on without; what is the matter is said where the film itself is fetched.
      if (!stop.signal.aborted) this.#failedMs = performance.now();
    }
    if (this.#fetching?.stop === stop) this.#fetching = undefined;
    if (!stop.signal.aborted) onPart();
  }
}
