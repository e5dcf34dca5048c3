// Feeds a continuous stream to a media element through Media Source Extensions: as much as is needed ahead, from where it is
// needed.
import { Problem } from '../shared/words.js';
import { beginPlaying } from './media-player.js';

/** Seconds to hold ahead of the picture; beyond that the connection is left unread, and the server waits. */
const AHEAD = 40;
/** Seconds to keep behind the picture when room is needed. */
const BEHIND = 20;
/** A seek this far beyond the end of the buffer waits for the stream instead of asking for a new one. */
const WAIT_RATHER_THAN_RESTART = 8;

/** So many streams in a row that break before they bring anything new are enough. */
const MAX_VAIN = 3;
/** What is new, in seconds: a stream begins at a key frame, and brings a little of what is there already. */
const PROGRESS = 0.1;

/** What a feed is made of. */
export interface FeedOptions {
  readonly video: HTMLVideoElement;
  readonly source: MediaSource;
  /** Seconds at which the first stream begins. */
  readonly from: number;
  /** Ends the connection of the first stream. */
  readonly connection: AbortController;
  /** Asks for a stream from a time on, in seconds. */
  readonly request: (start: number, signal: AbortSignal) => Promise<Response>;
}

/** One source, fed from one stream after another. */
export class StreamFeed {
  readonly #video: HTMLVideoElement;
  readonly #source: MediaSource;
  readonly #request: FeedOptions['request'];
  readonly #objectUrl: string;
  #connection: AbortController;
  #isConnected = false;
  /** Seconds at which the present stream begins. */
  #from: number;
  /** Seconds from which another stream is wanted. */
  #restartAt: number | undefined;
  /** Ends the waiting for a change. */
  #wake: (() => void) | undefined;
  #isOver = false;
  /** Seconds to which streams had come that broke, and how many of them came no further than the one before. */
  #brokenAt = -Infinity;
  #vain = 0;

  constructor({ video, source, from, connection, request }: FeedOptions) {
    this.#video = video;
    this.#source = source;
    this.#from = from;
    this.#connection = connection;
    this.#request = request;
    this.#objectUrl = URL.createObjectURL(source);
  }

  /**
   * Plays until it is ended.
   * @param first - the first stream.
   * @param mimeType - what it holds.
   * @param duration - seconds; NaN where it is not known.
   * @throws {Problem} when playing cannot go on.
   */
  async play(first: Response, mimeType: string, duration: number): Promise<void> {
    this.#video.disableRemotePlayback = true;
    this.#video.src = this.#objectUrl;
    await once(this.#source, 'sourceopen');
    if (this.#isOver) return;
    const buffer = this.#source.addSourceBuffer(mimeType);
    if (Number.isFinite(duration)) this.#source.duration = duration;
    if (this.#from > 0) this.#video.currentTime = this.#from;
    beginPlaying(this.#video);
    for (let response = first; ; response = await this.#restart(buffer)) {
      this.#isConnected = true;
      const isComplete = await this.#pump(buffer, response);
      this.#isConnected = false;
      if (isComplete && this.#source.readyState === 'open') this.#source.endOfStream();
      // Nothing is left to do until a seek asks for another part, or a connection that was lost is needed again.
      while (this.#isFeeding()) {
        if (!isComplete && this.#ahead(buffer) < AHEAD / 2)
          this.#restartAt = bufferedEnd(buffer, this.#video);
        else await this.#change();
      }
      if (this.#hasEnded()) return;
    }
  }

  /** The element was sent to another time. */
  onSeeking(): void {
    const target = this.#video.currentTime;
    const { buffered } = this.#video;
    const isHeld = rangeAt(buffered, target) !== undefined;
    const reached = rangeAt(buffered, this.#from)?.end ?? this.#from;
    const isComing = this.#isConnected && target >= this.#from && target < reached + WAIT_RATHER_THAN_RESTART;
    if (isHeld || isComing) {
      this.#wake?.();
      return;
    }
    this.#restartAt = target;
    this.#brokenAt = -Infinity;
    // A read that waits for the server is ended, and so is the pipeline behind it.
    this.#connection.abort();
    this.#wake?.();
  }

  /** Ends the connection. */
  end(): void {
    this.#isOver = true;
    this.#connection.abort();
    this.#wake?.();
    URL.revokeObjectURL(this.#objectUrl);
  }

  #hasEnded(): boolean {
    return this.#isOver;
  }

  /** Neither ended nor wanted elsewhere: others change that while this waits. */
  #isFeeding(): boolean {
    return !this.#isOver && this.#restartAt === undefined;
  }

  /** Asks for the stream from where it is wanted; a seek in the meantime changes that. */
  async #restart(buffer: SourceBuffer): Promise<Response> {
    for (;;) {
      this.#connection.abort();
      this.#connection = new AbortController();
      this.#from = this.#restartAt ?? this.#from;
      this.#restartAt = undefined;
      this.#isConnected = true;
      try {
        const response = await this.#request(this.#from, this.#connection.signal);
        if (buffer.updating) await once(buffer, 'updateend');
        // What was half appended must not be continued with other bytes.
        if (this.#source.readyState === 'open') buffer.abort();
        return response;
      } catch (error) {
        if (this.#isFeeding() || this.#isOver) throw error;
      }
    }
  }

  /** Appends what comes; returns whether it came to its end. */
  async #pump(buffer: SourceBuffer, response: Response): Promise<boolean> {
    const reader = response.body!.getReader();
    let received = 0;
    try {
      for (;;) {
        while (this.#ahead(buffer) > AHEAD && this.#restartAt === undefined) await this.#change();
        if (!this.#isFeeding()) return false;
        const { done: isDone, value } = await reader.read();
        if (!this.#isFeeding()) return false;
        if (isDone) return true;
        received += value.length;
        await this.#append(buffer, value);
      }
    } catch (error) {
      // A stream that gave something may be taken up again where it broke; one that gave nothing would break again.
      if (!this.#isFeeding()) return false;
      if (received === 0 || this.#video.error !== null || this.#isVain(buffer)) throw error;
      return false;
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  /** Whether streams break again and again at the same place, when one has broken. */
  #isVain(buffer: SourceBuffer): boolean {
    const reached = bufferedEnd(buffer, this.#video);
    this.#vain = reached > this.#brokenAt + PROGRESS ? 0 : this.#vain + 1;
    this.#brokenAt = reached;
    return this.#vain >= MAX_VAIN;
  }

  async #append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (;;) {
      try {
        buffer.appendBuffer(bytes);
        await once(buffer, 'updateend');
        return;
      } catch (error) {
        if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      }
      const before = this.#video.currentTime - BEHIND;
      if (buffer.buffered.length > 0 && buffer.buffered.start(0) < before) {
        buffer.remove(0, before);
        await once(buffer, 'updateend');
      } else await this.#change();
      if (!this.#isFeeding()) return;
    }
  }

  /** Seconds that are held ahead of the picture without a gap. */
  #ahead(buffer: SourceBuffer): number {
    return Math.max(0, bufferedEnd(buffer, this.#video) - this.#video.currentTime);
  }

  /** Waits until playing went on, or a seek or the end asks for something else. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#connection;
      const done = (): void => {
        this.#video.removeEventListener('timeupdate', done);
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = done;
      this.#video.addEventListener('timeupdate', done);
      signal.addEventListener('abort', done);
      if (this.#isOver) done();
    });
  }
}

/** The buffered range that holds a time, with some tolerance at its beginning, where the first picture may come late. */
function rangeAt(
  buffered: TimeRanges,
  time: number,
): { readonly start: number; readonly end: number } | undefined {
  for (let index = 0; index < buffered.length; index++) {
    const [start, end] = [buffered.start(index), buffered.end(index)];
    if (time >= start - 0.25 && time <= end) return { start, end };
  }
  return undefined;
}

/** End of the buffered range that holds the present picture; the present time when none does. */
function bufferedEnd(buffer: SourceBuffer, video: HTMLVideoElement): number {
  return rangeAt(buffer.buffered, video.currentTime)?.end ?? video.currentTime;
}

function once(target: EventTarget, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, () => resolve(), { once: true });
    const fail = (): void => reject(new Problem('This browser could not decode the stream.'));
    target.addEventListener('error', fail, { once: true });
  });
}
