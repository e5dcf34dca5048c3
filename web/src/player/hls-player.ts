// Plays /m/<ref>/master.m3u8 in a <video> element: with hls.js where there are Media Source Extensions, else the element
// plays HLS itself, or cannot.
import type Hls from 'hls.js';
import type { ErrorData } from 'hls.js';
import { mediaSourceClass } from '../shared/abilities.js';
import { mediaProblem, problemIn, problemOf, type Failure } from '../shared/words.js';
import { endWhenWhole } from './end-when-whole.js';
import type { HlsItem, HlsListener } from './hls-item.js';
import { loadLibrary } from './hls-library.js';
import { makeEqual, settingsOf } from './hls-settings.js';
import { beginPlaying, emptyMedia, type MediaPlayer } from './media-player.js';
import { playOn } from './play-on.js';
import { releaseSound } from './release-sound.js';
import { switchLevel } from './switch-level.js';

/** Milliseconds within which a second decoding error is not tried to be overcome. */
const RECOVERY_MS = 5000;

const CONNECTION_LOST: Failure = { message: 'The connection to the server was lost.' };

/** Bits a second that the line carried when something was played last; undefined while nothing was. */
let measuredRate: number | undefined;

/** What belongs to one presentation. */
interface Run {
  readonly item: HlsItem;
  /** Where it begins, in seconds. */
  start: number;
  /** It is being loaded from its beginning on. */
  isReady: boolean;
  hls?: Hls;
  library?: typeof Hls;
  /** Seconds that hls.js leaves out at the beginning: a film whose first picture comes a little late it lets begin at once. */
  leftOut?: number;
  recoveredAt?: number;
}

/** Plays HLS. */
export class HlsPlayer implements MediaPlayer {
  readonly #video: HTMLVideoElement;
  readonly #listener: HlsListener;
  readonly #ending = new AbortController();
  #run: Run | undefined;
  /** Where playing failed, so that it can be taken up there. */
  #failed: { readonly position: number; readonly duration: number } | undefined;

  constructor(video: HTMLVideoElement, listener: HlsListener) {
    this.#video = video;
    this.#listener = listener;
    const { signal } = this.#ending;
    video.addEventListener('error', () => void this.#onError(), { signal });
    for (const name of ['timeupdate', 'durationchange', 'progress']) {
      video.addEventListener(name, () => this.#run && listener.onChange(), { signal });
    }
  }

  /** Seconds of the source at which the element's zero lies. */
  get offset(): number {
    return this.#run?.leftOut ?? 0;
  }

  /** Seconds. */
  get position(): number {
    if (this.#run === undefined) return this.#failed?.position ?? 0;
    return this.#run.isReady ? this.#video.currentTime + this.offset : this.#run.start;
  }

  /** Seconds; NaN until it is known. */
  get duration(): number {
    if (this.#run === undefined) return this.#failed?.duration ?? NaN;
    const { duration } = this.#video;
    return Number.isFinite(duration) ? duration + this.offset : (this.#run.item.duration ?? NaN);
  }

  /** Id of the audio rendition that is played; undefined where that is not told. */
  get audio(): string | undefined {
    const run = this.#run;
    if (run === undefined) return undefined;
    if (run.hls === undefined) return run.item.audio[this.#nativeTracks.findIndex(({ enabled }) => enabled)];
    const url = run.hls.audioTracks[run.hls.audioTrack]?.url;
    return run.item.audio.find((id) => url?.includes(`/${id}/`));
  }

  set audio(id: string | undefined) {
    const run = this.#run;
    if (run === undefined || id === undefined) return;
    if (run.hls !== undefined) {
      run.hls.audioTrack = run.hls.audioTracks.findIndex(({ url }) => url.includes(`/${id}/`));
    } else {
      for (const [i, track] of this.#nativeTracks.entries()) track.enabled = run.item.audio[i] === id;
    }
  }

  /** Addresses of the forms of the video that can be chosen; none where the browser chooses. */
  get videoUrls(): readonly string[] {
    return this.#run?.hls?.levels.map(({ uri }) => uri) ?? [];
  }

  /** Which of them is shown now, and whether it may be another in a moment. */
  get video(): { readonly shown: number; readonly isAutomatic: boolean } {
    const hls = this.#run?.hls;
    return { shown: hls?.currentLevel ?? -1, isAutomatic: hls?.autoLevelEnabled ?? true };
  }

  /** Shows one of them from the next segment on that goes; `undefined` leaves the choice to the line's speed. */
  chooseVideo(index: number | undefined): void {
    const { hls, library } = this.#run ?? {};
    if (hls === undefined || library === undefined) return;
    switchLevel(hls, library, this.#video, index ?? -1);
    this.#listener.onRenditions();
  }

  /** Addresses of the subtitles; none where the browser plays. */
  get subtitleUrls(): readonly string[] {
    return this.#run?.hls?.subtitleTracks.map(({ url }) => url) ?? [];
  }

  /** Shows one of them; `undefined` shows none. */
  chooseSubtitles(index: number | undefined): void {
    const hls = this.#run?.hls;
    if (hls === undefined || hls.subtitleTracks.length === 0) return;
    hls.subtitleDisplay = true;
    hls.subtitleTrack = index ?? -1;
  }

  /** Whether hls.js plays, and not the browser itself. */
  get isLibraryUsed(): boolean {
    return this.#run !== undefined && !isLeftToBrowser(this.#run.item);
  }

  /** Bits a second that the line carries; undefined while nothing is measured. */
  get bandwidth(): number | undefined {
    return this.#run?.hls?.bandwidthEstimate;
  }

  /** Not in every browser. */
  get #nativeTracks(): readonly { enabled: boolean }[] {
    const { audioTracks } = this.#video as { audioTracks?: ArrayLike<{ enabled: boolean }> };
    return Array.from(audioTracks ?? []);
  }

  /** Opens a presentation. */
  open(item: HlsItem): void {
    this.close();
    const run: Run = { item, start: item.start, isReady: false };
    this.#run = run;
    if (isLeftToBrowser(item)) this.#openNatively(run);
    else {
      this.#openWithLibrary(run).catch(() =>
        this.#fail(run, { message: 'The player could not be loaded.' }, true),
      );
    }
  }

  /** Goes to a time, in seconds. */
  seek(seconds: number): void {
    const run = this.#run;
    if (run === undefined) return;
    const target = Math.max(0, Math.min(seconds, this.duration || seconds));
    if (!run.isReady) {
      run.start = target;
      return;
    }
    if (run.hls?.hasEnoughToStart === false) this.#beginElsewhere(run, target);
    else this.#video.currentTime = Math.max(0, target - this.offset);
  }

  /** Ends loading, and empties the element. */
  close(): void {
    this.#failed = undefined;
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    run.hls?.destroy();
    emptyMedia(this.#video);
  }

  /** Leaves the element, for good. */
  dispose(): void {
    this.close();
    this.#ending.abort();
  }

  /**
   * Begins anew at another place, before anything can be shown: hls.js would go back to where it was told to begin, as the
   * element does not tell of a seek while it holds nothing, and loading from elsewhere can leave it waiting for ever for what
   * was aborted (1.7.4).
   */
  #beginElsewhere({ item }: Run, start: number): void {
    if (start === this.#run?.start) return;
    const { paused: isPaused } = this.#video;
    this.open({ ...item, chosenAudio: this.audio ?? item.chosenAudio, start, isPaused });
  }

  #openNatively(run: Run): void {
    this.#video.src = run.item.url;
    const { signal } = this.#ending;
    this.#video.addEventListener('loadedmetadata', () => this.#begin(run), { once: true, signal });
    if (run.item.isPaused !== true) beginPlaying(this.#video);
  }

  async #openWithLibrary(run: Run): Promise<void> {
    const library = await loadLibrary();
    if (this.#run !== run) return;
    const hls = new library(settingsOf(library, measuredRate));
    [run.hls, run.library] = [hls, library];
    this.#listener.onLibrary(hls, library);
    const { Events } = library;
    hls.on(Events.FRAG_BUFFERED, () => (measuredRate = hls.bandwidthEstimate));
    endWhenWhole(hls, library, this.#video);
    playOn(hls, library, this.#video);
    releaseSound(hls, library, this.#video);
    hls.on(Events.ERROR, (_, error) => this.#onLibraryError(run, error, library));
    hls.on(Events.MANIFEST_PARSED, (_, { levels }) => {
      if (this.#run !== run) return;
      makeEqual(levels);
      hls.startLoad(run.start > 0 ? run.start : -1);
      this.#begin(run);
    });
    for (const name of [
      Events.AUDIO_TRACKS_UPDATED,
      Events.AUDIO_TRACK_SWITCHING,
      Events.LEVEL_SWITCHED,
    ] as const) {
      hls.on(name, () => this.#run === run && this.#listener.onRenditions());
    }
    hls.on(Events.INIT_PTS_FOUND, (_, { id, initPTS, timescale }) => {
      const playlist: string = id;
      if (playlist === 'main') run.leftOut = initPTS / timescale;
    });
    hls.on(Events.SUBTITLE_TRACKS_UPDATED, () => this.#run === run && this.#listener.onSubtitles());
    this.#video.disableRemotePlayback = true;
    hls.attachMedia(this.#video);
    hls.loadSource(run.item.url);
  }

  #begin(run: Run): void {
    if (this.#run !== run) return;
    run.isReady = true;
    this.audio = run.item.chosenAudio;
    this.#listener.onRenditions();
    // Also to zero: the element remembers where it was told to go before it had anything.
    if (this.#video.currentTime !== run.start) this.#video.currentTime = run.start;
    if (run.item.isPaused !== true) beginPlaying(this.#video);
  }

  #onLibraryError(
    run: Run,
    { fatal: isFatal, type, networkDetails, response }: ErrorData,
    library: typeof Hls,
  ): void {
    if (!isFatal || this.#run !== run) return;
    const sinceRecovery = performance.now() - (run.recoveredAt ?? -Infinity);
    if (type === library.ErrorTypes.MEDIA_ERROR && sinceRecovery >= RECOVERY_MS) {
      run.recoveredAt = performance.now();
      run.hls?.recoverMediaError();
      return;
    }
    if (type === library.ErrorTypes.NETWORK_ERROR) {
      const status = response?.code ?? 0;
      const failure =
        status === 0 ? CONNECTION_LOST : problemIn(networkDetails as XMLHttpRequest | undefined);
      this.#fail(run, failure, !run.isReady && status >= 400 && status < 500);
    } else this.#fail(run, { message: mediaProblem(this.#video.error) }, true);
  }

  async #onError(): Promise<void> {
    const { error } = this.#video;
    const run = this.#run;
    // hls.js hears of it too.
    if (error === null || run === undefined || run.hls !== undefined) return;
    // The element does not tell what the server said.
    const response = await fetch(run.item.url).catch(() => undefined);
    if (response === undefined) this.#fail(run, CONNECTION_LOST, false);
    else if (response.ok) this.#fail(run, { message: mediaProblem(error) }, true);
    else this.#fail(run, await problemOf(response), response.status < 500);
  }

  #fail(run: Run, failure: Failure, isRefused: boolean): void {
    if (this.#run !== run) return;
    const { position, duration } = this;
    this.close();
    this.#failed = { position, duration };
    this.#listener.onProblem({ failure, isRefused, position });
  }
}

function isLeftToBrowser({ isNative }: HlsItem): boolean {
  return isNative || mediaSourceClass() === undefined;
}
