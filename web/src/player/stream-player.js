// Plays /m/<ref>/stream.mp4 in a <video> element.
//
// A stream that is made while it is sent has no byte ranges, and Chromium lets a plain <video src> of such a stream seek
// nowhere, not even within what it holds. So the stream is fed through Media Source Extensions where they can play it:
// seeking within what is buffered is then the element's own, its clock is the source's, and memory is bounded here.
// Elsewhere the element plays the URL itself, and each seek asks for a new stream.
import { Problem, mediaProblem, problemOf } from '../shared/words.js';

/** Seconds to hold ahead of the picture; beyond that the connection is left unread, and the server waits. */
const AHEAD = 40;
/** Seconds to keep behind the picture when room is needed. */
const BEHIND = 20;
/** A seek this far beyond the end of the buffer waits for the stream instead of asking for a new one. */
const WAIT_RATHER_THAN_RESTART = 8;

export class StreamPlayer extends EventTarget {
  #video;
  #run;
  #duration = NaN;

  constructor(video) {
    super();
    this.#video = video;
    video.addEventListener('seeking', () => this.#onSeeking());
    video.addEventListener('error', () => this.#onError());
    for (const name of ['timeupdate', 'durationchange', 'progress']) {
      video.addEventListener(name, () => this.dispatchEvent(new Event('change')));
    }
  }

  /** Seconds of the source's own time. */
  get position() {
    return this.#video.currentTime + (this.#run?.offset ?? 0);
  }

  /** Seconds; NaN until it is known. */
  get duration() {
    return this.#duration;
  }

  /**
   * Opens an item.
   * @param item - `url` of its stream; `duration` in seconds where it is known; `query` for the stream; `start` in
   *   seconds; `plain` to leave Media Source Extensions aside.
   */
  open({ url, duration, query = {}, start = 0, plain = false }) {
    this.close();
    this.#duration = duration ?? NaN;
    this.#start({ url, query, plain }, start);
  }

  /** Goes to a time of the source, in seconds. */
  seek(seconds) {
    if (this.#run === undefined) return;
    const target = Math.max(0, Math.min(seconds, Number.isFinite(this.#duration) ? this.#duration : seconds));
    if (this.#run.offset === 0 && this.#run.mediaSource !== undefined) this.#video.currentTime = target;
    else this.#start(this.#run.item, target);
  }

  /** Ends the connection and empties the element. */
  close() {
    this.#end();
    if (this.#video.hasAttribute('src')) {
      this.#video.removeAttribute('src');
      this.#video.load();
    }
  }

  #end() {
    if (this.#run === undefined) return;
    this.#run.isOver = true;
    this.#run.abort.abort();
    if (this.#run.objectUrl !== undefined) URL.revokeObjectURL(this.#run.objectUrl);
    this.#run = undefined;
  }

  #start(item, start) {
    this.#end();
    const run = { item, from: start, abort: new AbortController(), isOver: false, offset: 0 };
    this.#run = run;
    this.#play(run).catch((error) => {
      if (!run.isOver)
        this.#fail(error instanceof Problem ? error.message : 'The connection to the server was lost.');
    });
  }

  async #play(run) {
    const response = await this.#request(run, run.from);
    const mimeType = response.headers.get('content-type') ?? '';
    const source = run.item.plain ? undefined : mediaSourceFor(mimeType);
    const length = Number(response.headers.get('x-segmint-source-duration-ms'));
    if (length > 0) this.#duration = length / 1000;
    if (source !== undefined) return await this.#feed(run, source, response, mimeType);
    run.abort.abort();
    if (this.#video.canPlayType(mimeType) === '')
      throw new Problem(`This browser does not play ${mimeType}.`);
    run.offset = Number(response.headers.get('x-segmint-start-ms') ?? 0) / 1000;
    this.#video.src = address(run.item, run.from, 'zero');
    this.#resume();
  }

  async #request(run, start) {
    // The plain element makes the request itself, and needs only to know where its stream begins.
    const method = run.item.plain ? 'HEAD' : 'GET';
    const response = await fetch(address(run.item, start, 'absolute'), { method, signal: run.abort.signal });
    if (!response.ok) throw new Problem(await problemOf(response));
    return response;
  }

  async #feed(run, source, first, mimeType) {
    run.mediaSource = source;
    run.objectUrl = URL.createObjectURL(source);
    this.#video.disableRemotePlayback = true;
    this.#video.src = run.objectUrl;
    await once(source, 'sourceopen');
    if (run.isOver) return;
    const buffer = source.addSourceBuffer(mimeType);
    if (Number.isFinite(this.#duration)) source.duration = this.#duration;
    if (run.from > 0) this.#video.currentTime = run.from;
    this.#resume();
    for (let response = first; !run.isOver; response = await this.#restart(run, buffer)) {
      run.isConnected = true;
      const isComplete = await this.#pump(run, buffer, response);
      run.isConnected = false;
      if (isComplete && source.readyState === 'open') source.endOfStream();
      // Nothing is left to do until a seek asks for another part, or a connection that was lost is needed again.
      while (!run.isOver && run.restartAt === undefined) {
        if (!isComplete && this.#ahead(buffer) < AHEAD / 2) run.restartAt = bufferedEnd(buffer, this.#video);
        else await this.#change(run);
      }
    }
  }

  /** Asks for the stream from `run.restartAt` on; a seek in the meantime changes that. */
  async #restart(run, buffer) {
    for (;;) {
      run.abort.abort();
      run.abort = new AbortController();
      run.from = run.restartAt;
      run.restartAt = undefined;
      run.isConnected = true;
      try {
        const response = await this.#request(run, run.from);
        if (buffer.updating) await once(buffer, 'updateend');
        // What was half appended must not be continued with other bytes.
        if (run.mediaSource.readyState === 'open') buffer.abort();
        return response;
      } catch (error) {
        if (run.isOver || run.restartAt === undefined) throw error;
      }
    }
  }

  /** Appends what comes; returns whether it came to its end. */
  async #pump(run, buffer, response) {
    const reader = response.body.getReader();
    let received = 0;
    try {
      for (;;) {
        while (this.#ahead(buffer) > AHEAD && run.restartAt === undefined) await this.#change(run);
        if (run.isOver || run.restartAt !== undefined) return false;
        const { done, value } = await reader.read();
        if (run.isOver || run.restartAt !== undefined) return false;
        if (done) return true;
        received += value.length;
        await this.#append(run, buffer, value);
      }
    } catch (error) {
      // A stream that gave something may be taken up again where it broke; one that gave nothing would break again.
      if (run.isOver || run.restartAt !== undefined) return false;
      if (received === 0 || this.#video.error !== null) throw error;
      return false;
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  async #append(run, buffer, bytes) {
    for (;;) {
      try {
        buffer.appendBuffer(bytes);
        await once(buffer, 'updateend');
        return;
      } catch (error) {
        if (error.name !== 'QuotaExceededError') throw error;
      }
      const before = this.#video.currentTime - BEHIND;
      if (buffer.buffered.length > 0 && buffer.buffered.start(0) < before) {
        buffer.remove(0, before);
        await once(buffer, 'updateend');
      } else await this.#change(run);
      if (run.isOver || run.restartAt !== undefined) return;
    }
  }

  #onError() {
    const { error } = this.#video;
    if (error === null || this.#run === undefined) return;
    const { item, mediaSource } = this.#run;
    // Chromium takes every H.264 recovery point for a picture that it can seek to, and fails at those of an open GOP.
    // Streams of their own begin where decoding can.
    if (mediaSource !== undefined && error.code === MediaError.MEDIA_ERR_DECODE) {
      this.#start({ ...item, plain: true }, this.#video.currentTime);
    } else this.#fail(mediaProblem(error));
  }

  #onSeeking() {
    const run = this.#run;
    if (run?.mediaSource === undefined) return;
    const target = this.#video.currentTime;
    const { buffered } = this.#video;
    const isHeld = rangeAt(buffered, target) !== undefined;
    const reached = rangeAt(buffered, run.from)?.end ?? run.from;
    const isComing = run.isConnected && target >= run.from && target < reached + WAIT_RATHER_THAN_RESTART;
    if (isHeld || isComing) {
      run.wake?.();
      return;
    }
    run.restartAt = target;
    // A read that waits for the server is ended, and so is the pipeline behind it.
    run.abort.abort();
    run.wake?.();
  }

  /** Seconds that are held ahead of the picture without a gap. */
  #ahead(buffer) {
    const now = this.#video.currentTime;
    return Math.max(0, bufferedEnd(buffer, this.#video) - now);
  }

  /** Waits until playing went on, or a seek or the end of this run asks for something else. */
  #change(run) {
    return new Promise((resolve) => {
      const done = () => {
        this.#video.removeEventListener('timeupdate', done);
        run.abort.signal.removeEventListener('abort', done);
        run.wake = undefined;
        resolve();
      };
      run.wake = done;
      this.#video.addEventListener('timeupdate', done);
      run.abort.signal.addEventListener('abort', done);
      if (run.isOver) done();
    });
  }

  #resume() {
    // A browser may ask for a click first; the play button is there for it.
    this.#video.play().catch(() => undefined);
  }

  #fail(message) {
    this.#end();
    this.dispatchEvent(new CustomEvent('problem', { detail: message }));
  }
}

function address({ url, query }, start, timeline) {
  const parameters = new URLSearchParams({ ...query, timeline });
  if (start > 0) parameters.set('start', String(Math.round(start * 1000) / 1000));
  return `${url}?${parameters}`;
}

function mediaSourceFor(mimeType) {
  const MediaSourceClass = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
  return MediaSourceClass?.isTypeSupported(mimeType) === true ? new MediaSourceClass() : undefined;
}

/** The buffered range that holds a time, with some tolerance at its beginning, where the first picture may come late. */
function rangeAt(buffered, time) {
  for (let index = 0; index < buffered.length; index++) {
    const [start, end] = [buffered.start(index), buffered.end(index)];
    if (time >= start - 0.25 && time <= end) return { start, end };
  }
  return undefined;
}

/** End of the buffered range that holds the present picture; the present time when none does. */
function bufferedEnd(buffer, video) {
  return rangeAt(buffer.buffered, video.currentTime)?.end ?? video.currentTime;
}

function once(target, name) {
  return new Promise((resolve, reject) => {
    target.addEventListener(name, resolve, { once: true });
    target.addEventListener('error', () => reject(new Problem('This browser could not decode the stream.')), {
      once: true,
    });
  });
}
