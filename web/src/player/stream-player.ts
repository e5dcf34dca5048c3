// Plays /m/<ref>/stream.mp4 in a <video> element.
//
// A stream that is made while it is sent has no byte ranges, and Chromium lets a plain <video src> of such a stream seek
// nowhere, not even within what it holds. So the stream is fed through Media Source Extensions where they can play it:
// seeking within what is buffered is then the element's own, its clock is the source's, and memory is bounded here.
// Elsewhere the element plays the URL itself, and each seek asks for a new stream.
import { mediaSourceClass } from '../shared/abilities.js';
import { Problem, mediaProblem, problemOf, type Failure } from '../shared/words.js';
import { beginPlaying, emptyMedia, type MediaPlayer } from './media-player.js';
import { StreamFeed } from './stream-feed.js';

/** A stream. */
export interface StreamItem {
  /** Without a query. */
  readonly url: string;
  readonly query: Readonly<Record<string, string>>;
  /** To leave Media Source Extensions aside. */
  readonly isPlain: boolean;
}

/** What is told of playing. */
export interface StreamListener {
  /** Time went on, or more is known of it. */
  onChange(): void;
  onProblem(failure: Failure): void;
}

/** What belongs to one stream, or to one source that is fed from several. */
interface Run {
  readonly item: StreamItem;
  /** Seconds at which it begins. */
  readonly from: number;
  /** Ends the first connection. */
  readonly abort: AbortController;
  isOver: boolean;
  offset: number;
  feed?: StreamFeed;
}

/** Plays one continuous stream. */
export class StreamPlayer implements MediaPlayer {
  readonly #video: HTMLVideoElement;
  readonly #listener: StreamListener;
  readonly #ending = new AbortController();
  #run: Run | undefined;
  #duration = NaN;

  constructor(video: HTMLVideoElement, listener: StreamListener) {
    this.#video = video;
    this.#listener = listener;
    const { signal } = this.#ending;
    video.addEventListener('seeking', () => this.#run?.feed?.onSeeking(), { signal });
    video.addEventListener('error', () => this.#onError(), { signal });
    for (const name of ['timeupdate', 'durationchange', 'progress']) {
      video.addEventListener(name, () => this.#run && listener.onChange(), { signal });
    }
  }

  /** Seconds of the source's own time. */
  get position(): number {
    return this.#video.currentTime + this.offset;
  }

  /** Seconds; NaN until it is known. */
  get duration(): number {
    return this.#duration;
  }

  get offset(): number {
    return this.#run?.offset ?? 0;
  }

  /**
   * Opens a stream.
   * @param item - the stream.
   * @param start - where to begin, in seconds.
   */
  open(item: StreamItem, start: number): void {
    this.close();
    this.#duration = NaN;
    this.#start(item, start);
  }

  /** Goes to a time of the source, in seconds. */
  seek(seconds: number): void {
    if (this.#run === undefined) return;
    const target = Math.max(0, Math.min(seconds, Number.isFinite(this.#duration) ? this.#duration : seconds));
    if (this.#run.feed !== undefined) this.#video.currentTime = target;
    else this.#start(this.#run.item, target);
  }

  /** Ends the connection and empties the element. */
  close(): void {
    if (this.#run === undefined) return;
    this.#end();
    emptyMedia(this.#video);
  }

  /** Leaves the element, for good. */
  dispose(): void {
    this.close();
    this.#ending.abort();
  }

  #end(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.isOver = true;
    run.abort.abort();
    run.feed?.end();
    this.#run = undefined;
  }

  #start(item: StreamItem, start: number): void {
    this.#end();
    const run: Run = { item, from: start, abort: new AbortController(), isOver: false, offset: 0 };
    this.#run = run;
    this.#play(run).catch((error: unknown) => {
      if (run.isOver) return;
      const lost: Failure = { message: 'The connection to the server was lost.' };
      this.#fail(error instanceof Problem ? error.failure : lost);
    });
  }

  async #play(run: Run): Promise<void> {
    const response = await request(run.item, run.from, run.abort.signal);
    const mimeType = response.headers.get('content-type') ?? '';
    const source = run.item.isPlain ? undefined : mediaSourceFor(mimeType);
    const length = Number(response.headers.get('x-segmint-source-duration-ms'));
    if (length > 0) this.#duration = length / 1000;
    if (source !== undefined) {
      run.feed = new StreamFeed({
        video: this.#video,
        source,
        from: run.from,
        connection: run.abort,
        request: (start, signal) => request(run.item, start, signal),
      });
      await run.feed.play(response, mimeType, this.#duration);
      return;
    }
    run.abort.abort();
    if (this.#video.canPlayType(mimeType) === '')
      throw new Problem(`This browser does not play ${mimeType}.`);
    run.offset = Number(response.headers.get('x-segmint-start-ms') ?? 0) / 1000;
    this.#video.src = address(run.item, run.from, 'zero');
    beginPlaying(this.#video);
  }

  #onError(): void {
    const { error } = this.#video;
    if (error === null || this.#run === undefined) return;
    const { item, feed } = this.#run;
    // Chromium takes every H.264 recovery point for a picture that it can seek to, and fails at those of an open GOP.
    // Streams of their own begin where decoding can.
    if (feed !== undefined && error.code === MediaError.MEDIA_ERR_DECODE) {
      this.#start({ ...item, isPlain: true }, this.#video.currentTime);
    } else this.#fail({ message: mediaProblem(error) });
  }

  #fail(failure: Failure): void {
    this.#end();
    this.#listener.onProblem(failure);
  }
}

async function request(item: StreamItem, start: number, signal: AbortSignal): Promise<Response> {
  // The plain element makes the request itself, and needs only to know where its stream begins.
  const method = item.isPlain ? 'HEAD' : 'GET';
  const response = await fetch(address(item, start, 'absolute'), { method, signal });
  if (!response.ok) throw new Problem(await problemOf(response));
  return response;
}

function address({ url, query }: StreamItem, start: number, timeline: 'absolute' | 'zero'): string {
  const parameters = new URLSearchParams({ ...query, timeline });
  if (start > 0) parameters.set('start', String(Math.round(start * 1000) / 1000));
  return `${url}?${parameters.toString()}`;
}

function mediaSourceFor(mimeType: string): MediaSource | undefined {
  const MediaSourceClass = mediaSourceClass();
  return MediaSourceClass?.isTypeSupported(mimeType) === true ? new MediaSourceClass() : undefined;
}
