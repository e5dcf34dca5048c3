// Plays /m/<ref>/master.m3u8 in a <video> element: with hls.js where there are Media Source Extensions, else the element
// plays HLS itself, or cannot.
import { mediaSourceClass } from '../shared/abilities.js';
import { mediaProblem, problemIn, problemOf } from '../shared/words.js';

const HLS_TYPE = 'application/vnd.apple.mpegurl';

/** A server that has to convert takes its time for the first byte, and one that scans a file for its first playlist. */
const policy = (maxTimeToFirstByteMs, maxLoadTimeMs) => ({
  default: {
    maxTimeToFirstByteMs,
    maxLoadTimeMs,
    timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 4, retryDelayMs: 500, maxRetryDelayMs: 8000, shouldRetry: isWorthRetrying },
  },
});
const SETTINGS = {
  // The page's content security policy lets no worker be made of text, and segments of MP4 need none.
  enableWorker: false,
  maxBufferLength: 40,
  backBufferLength: 90,
  manifestLoadPolicy: policy(Infinity, 300_000),
  playlistLoadPolicy: policy(60_000, 60_000),
  fragLoadPolicy: policy(60_000, 180_000),
  // The first variant is the original, copied where it can be: a line is taken for good enough for it until it is measured.
  abrEwmaDefaultEstimateMax: Infinity,
  // Begun by hand, once the variants are made equal.
  autoStartLoad: false,
};

/** What a server refuses it refuses again. */
function isWorthRetrying(_config, _count, _isTimeout, response, isRetry) {
  return isRetry && !(response?.code >= 400 && response.code < 500);
}

/** Milliseconds within which a second decoding error is not tried to be overcome. */
const RECOVERY_MS = 5000;

/** What of the time to the first byte of a segment is taken for the line's, in milliseconds. */
const ROUND_TRIP_MS = 100;

/**
 * Makes the loader of segments. hls.js counts the time to the first byte as time on the line. Of a segment that is encoded
 * when it is asked for it is the server's, and a good line would be taken for a slow one, for good. It is left out as long as the
 * server keeps up with the player; a server that does not is a reason to go down.
 */
const segmentLoader = (Hls) =>
  class extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      super.load(context, config, {
        ...callbacks,
        onSuccess(response, stats, ...rest) {
          const { loading } = stats;
          const waitedMs = loading.first - loading.start;
          const keepsUp = waitedMs < context.frag.duration * 1000;
          if (keepsUp && waitedMs > ROUND_TRIP_MS) loading.start = loading.first - ROUND_TRIP_MS;
          callbacks.onSuccess(response, stats, ...rest);
        },
      });
    }
  };

/**
 * Makes variants equal but for their size. hls.js goes by itself only between those of one codec and one dynamic range, and it
 * begins with what every browser plays: with a lower form that is encoded, and not with the copied original in HEVC or HDR, and would
 * stay there. What the server offers this browser plays, and source buffers can be told of another codec.
 */
function makeEqual(levels) {
  const { SourceBuffer, ManagedSourceBuffer = SourceBuffer } = globalThis;
  if (ManagedSourceBuffer?.prototype.changeType === undefined) return;
  for (const level of levels) {
    level.codecSet = '';
    delete level.attrs['VIDEO-RANGE'];
  }
}

/** Bits a second that the line carried when something was played last; undefined while nothing was. */
let measuredRate;

/** Loads hls.js, when it is needed first. */
let library;
function loadLibrary() {
  library ??= import('hls.js').then((module) => module.default);
  return library;
}

/** Whether this browser plays HLS in one way or the other. */
export function playsHls() {
  return mediaSourceClass() !== undefined || document.createElement('video').canPlayType(HLS_TYPE) !== '';
}

/**
 * Dispatches `change`; `audio` when it is known which audio rendition is played, and when that changes; and `problem` when
 * playing cannot go on, with `{ message, isRefused, position }`: refused is what the server does not offer as HLS, or the browser
 * cannot decode.
 */
export class HlsPlayer extends EventTarget {
  #video;
  #run;
  /** Where playing failed, so that it can be taken up there. */
  #failed;

  constructor(video) {
    super();
    this.#video = video;
    video.addEventListener('error', () => this.#onError());
    for (const name of ['timeupdate', 'durationchange', 'progress']) {
      video.addEventListener(name, () => this.#run && this.dispatchEvent(new Event('change')));
    }
  }

  /** Seconds. */
  get position() {
    if (this.#run === undefined) return this.#failed?.position ?? 0;
    return this.#run.isReady ? this.#video.currentTime : this.#run.start;
  }

  /** Seconds; NaN until it is known. */
  get duration() {
    if (this.#run === undefined) return this.#failed?.duration ?? NaN;
    const { duration } = this.#video;
    return Number.isFinite(duration) ? duration : (this.#run.duration ?? NaN);
  }

  /** Id of the audio rendition that is played; undefined where that is not told. */
  get audio() {
    const run = this.#run;
    if (run === undefined) return undefined;
    if (run.hls === undefined) return run.audio[[...this.#nativeTracks].findIndex(({ enabled }) => enabled)];
    const url = run.hls.audioTracks[run.hls.audioTrack]?.url;
    return run.audio.find((id) => url?.includes(`/${id}/`));
  }

  set audio(id) {
    const run = this.#run;
    if (run === undefined || id === undefined) return;
    if (run.hls !== undefined) {
      run.hls.audioTrack = run.hls.audioTracks.findIndex(({ url }) => url.includes(`/${id}/`));
    } else {
      for (const [i, track] of [...this.#nativeTracks].entries()) track.enabled = run.audio[i] === id;
    }
  }

  get #nativeTracks() {
    return this.#video.audioTracks ?? [];
  }

  /**
   * Opens a presentation.
   * @param item - `url` of its master playlist; `audio`, the ids of its audio renditions in their order;
   *   `chosenAudio`, the id of one, if it is not to be the default; `duration` in seconds where it is known; `start` in seconds; `isNative` to leave it to the browser where that plays HLS.
   */
  open({ url, audio, chosenAudio, duration, start = 0, isNative = false }) {
    this.close();
    const run = { url, audio, chosenAudio, duration, start, isReady: false };
    this.#run = run;
    if (isNative || mediaSourceClass() === undefined) this.#openNatively(run);
    else {
      this.#openWithLibrary(run).catch(() => this.#fail(run, 'The player could not be loaded.', true));
    }
  }

  /** Goes to a time, in seconds. */
  seek(seconds) {
    const run = this.#run;
    if (run === undefined) return;
    const target = Math.max(0, Math.min(seconds, this.duration || seconds));
    if (run.isReady) this.#video.currentTime = target;
    else run.start = target;
  }

  /** Ends loading, and empties the element. */
  close() {
    this.#failed = undefined;
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    run.hls?.destroy();
    if (this.#video.hasAttribute('src')) {
      this.#video.removeAttribute('src');
      this.#video.load();
    }
  }

  #openNatively(run) {
    this.#video.src = run.url;
    this.#video.addEventListener('loadedmetadata', () => this.#begin(run), { once: true });
    this.#video.play().catch(() => undefined);
  }

  async #openWithLibrary(run) {
    const Hls = await loadLibrary();
    if (this.#run !== run) return;
    const hls = new Hls({
      ...SETTINGS,
      ...(measuredRate === undefined ? {} : { abrEwmaDefaultEstimate: measuredRate }),
      fLoader: segmentLoader(Hls),
    });
    run.hls = hls;
    hls.on(Hls.Events.FRAG_BUFFERED, () => (measuredRate = hls.bandwidthEstimate));
    hls.on(Hls.Events.ERROR, (_, error) => this.#onLibraryError(run, error, Hls));
    hls.on(Hls.Events.MANIFEST_PARSED, (_, { levels }) => {
      if (this.#run !== run) return;
      makeEqual(levels);
      hls.startLoad(run.start > 0 ? run.start : -1);
      this.#begin(run);
    });
    for (const name of [Hls.Events.AUDIO_TRACKS_UPDATED, Hls.Events.AUDIO_TRACK_SWITCHING]) {
      hls.on(name, () => this.dispatchEvent(new Event('audio')));
    }
    this.#video.disableRemotePlayback = true;
    hls.attachMedia(this.#video);
    hls.loadSource(run.url);
  }

  #begin(run) {
    if (this.#run !== run) return;
    run.isReady = true;
    this.audio = run.chosenAudio;
    this.dispatchEvent(new Event('audio'));
    if (run.start > 0) this.#video.currentTime = run.start;
    // A browser may ask for a click first; the play button is there for it.
    this.#video.play().catch(() => undefined);
  }

  async #onLibraryError(run, { fatal: isFatal, type, networkDetails, response }, Hls) {
    if (!isFatal || this.#run !== run) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !(performance.now() - run.recoveredAt < RECOVERY_MS)) {
      run.recoveredAt = performance.now();
      run.hls.recoverMediaError();
      return;
    }
    if (type === Hls.ErrorTypes.NETWORK_ERROR) {
      const status = response?.code ?? 0;
      const message = status === 0 ? 'The connection to the server was lost.' : problemIn(networkDetails);
      this.#fail(run, message, !run.isReady && status >= 400 && status < 500);
    } else this.#fail(run, mediaProblem(this.#video.error), true);
  }

  async #onError() {
    const { error } = this.#video;
    const run = this.#run;
    // hls.js hears of it too.
    if (error === null || run === undefined || run.hls !== undefined) return;
    // The element does not tell what the server said.
    const response = await fetch(run.url).catch(() => undefined);
    if (response === undefined) this.#fail(run, 'The connection to the server was lost.', false);
    else if (response.ok) this.#fail(run, mediaProblem(error), true);
    else this.#fail(run, await problemOf(response), response.status < 500);
  }

  #fail(run, message, isRefused) {
    if (this.#run !== run) return;
    const { position, duration } = this;
    this.close();
    this.#failed = { position, duration };
    this.dispatchEvent(new CustomEvent('problem', { detail: { message, isRefused, position } }));
  }
}
