// Plays items in a media element, one after another: as HLS where the item and the browser have it, else as one continuous
// stream.
import { batch } from '@preact/signals';
import { playerQuery } from '../shared/abilities.js';
import type { ItemInfo, ReadyHls } from '../shared/api.js';
import { addressOf } from '../shared/place.js';
import { readResume } from '../shared/resume.js';
import type { Failure } from '../shared/words.js';
import { askItem } from './ask-item.js';
import { audioRenditionOf, preferredAudio, preferredSubtitles, qualityChoices } from './choices.js';
import { chooseWay, type WantedWay } from './choose-way.js';
import { SegmentJournal } from './explain/segment-journal.js';
import { HlsPlayer } from './hls-player.js';
import { LaterRetry } from './later-retry.js';
import { beginPlaying, type MediaPlayer } from './media-player.js';
import { PlayerState } from './player-state.js';
import { readPreferences, rememberPreference } from './preferences.js';
import { pictureRate, stepTime } from './step-time.js';
import { StreamPlayer } from './stream-player.js';
import { SubtitleDisplay } from './subtitles/subtitle-display.js';
import { RENDERERS } from './subtitles/subtitle-renderer.js';
import { watchElement } from './watch-element.js';

/** Plays items. Times are seconds of the source. */
export class PlayerSession {
  readonly video: HTMLVideoElement;
  readonly state = new PlayerState();
  readonly subtitles: SubtitleDisplay;
  /** What the segments of the present item cost. */
  readonly journal = new SegmentJournal();
  /** The next attempt, after a failure that may pass. */
  readonly laterRetry = new LaterRetry(() => this.retry());
  readonly #wanted: WantedWay;
  readonly #hls: HlsPlayer;
  readonly #stream: StreamPlayer;
  readonly #ending = new AbortController();
  #player: MediaPlayer;
  /** Ends the asking for the present item. */
  #asking = new AbortController();

  /**
   * @param video - what plays.
   * @param layer - where subtitles are drawn that are no text.
   * @param wanted - how to play, if not in the best way.
   */
  constructor(video: HTMLVideoElement, layer: HTMLElement, wanted: WantedWay) {
    this.video = video;
    this.#wanted = wanted;
    this.#hls = new HlsPlayer(video, {
      onChange: () => this.#onChange(),
      onRenditions: () => this.#onRenditions(),
      onSubtitles: () => this.subtitles.renew(),
      onProblem: ({ failure, isRefused, position }) => {
        if (isRefused) this.#openStream(failure, position);
        else this.#fail(failure);
      },
      onLibrary: (hls, library) => this.journal.follow(hls, library),
    });
    this.#stream = new StreamPlayer(video, {
      onChange: () => this.#onChange(),
      onProblem: (failure) => this.#fail(failure),
    });
    this.#player = this.#stream;
    this.subtitles = new SubtitleDisplay({
      video,
      layer,
      renderers: RENDERERS,
      hls: () => (this.#player === this.#hls ? this.#hls : undefined),
      offset: () => this.offset,
    });
    watchElement(video, this.state, () => this.#onChange(), this.#ending.signal);
  }

  /** Seconds of the source at which the element's zero lies. */
  get offset(): number {
    return this.#player.offset;
  }

  /** Bits a second that the line carries; undefined while nothing is measured. */
  get bandwidth(): number | undefined {
    return this.#hls.bandwidth;
  }

  /** Whether hls.js plays, and not the browser itself. */
  get isLibraryUsed(): boolean {
    return this.#hls.isLibraryUsed;
  }

  /** Opens an item where the viewer stopped in it. */
  open(ref: string): void {
    const start = readResume(ref)?.position;
    this.state.clear(ref);
    this.journal.clear();
    this.subtitles.offer(undefined);
    this.state.resumedAt.value = start;
    void this.#open(start ?? 0);
  }

  /** Tries again where it failed. */
  retry(): void {
    void this.#open(this.state.position.value);
  }

  /** Tries again without HLS. */
  playAsStream(): void {
    this.#asking.abort();
    this.#close();
    this.#openStream(undefined, this.state.position.value);
  }

  /** Goes to a time. */
  seek(seconds: number): void {
    const target = Math.max(0, Math.min(seconds, this.state.duration.value || seconds));
    this.state.position.value = target;
    if (this.state.phase.value === 'failed') void this.#open(target);
    else this.#player.seek(target);
    this.#onChange();
  }

  /** Plays, or takes up again what failed or has ended. */
  play(): void {
    if (this.state.phase.value === 'failed') this.retry();
    else {
      if (this.video.ended) this.#player.seek(0);
      // Refused only while something new is being loaded, which plays by itself.
      beginPlaying(this.video);
    }
  }

  /** Pauses or plays. */
  toggle(): void {
    if (this.state.phase.value === 'failed' || this.video.paused || this.video.ended) this.play();
    else this.video.pause();
  }

  /** Shows the picture before or after, while it is paused. */
  step(pictures: -1 | 1): void {
    if (!this.video.paused) return;
    // What is shown: the state follows it a few times a second.
    this.seek(stepTime(this.#player.position, pictures, pictureRate(this.state.info.value)));
  }

  /** Plays faster or slower: 1 is as it was made. */
  setSpeed(speed: number): void {
    // Loading something else sets the rate back to the default one.
    this.video.defaultPlaybackRate = speed;
    this.video.playbackRate = speed;
  }

  /** Plays another audio track, and remembers its language. */
  chooseAudio(id: string): void {
    const { audio, info, renditions, position } = this.state;
    const track = info.value?.tracks.find((each) => String(each.id) === id);
    if (track === undefined || audio.value === id) return;
    rememberPreference({ audio: track.language });
    audio.value = id;
    if (this.#player === this.#hls) this.#hls.audio = audioRenditionOf(renditions.value, id);
    else this.#openStream(this.state.way.value?.refusal, position.value);
  }

  /** Shows the video in another form; `undefined` leaves the choice to the line's speed. */
  chooseQuality(id: string | undefined): void {
    this.#hls.chooseVideo(this.state.qualityChoices.value.find((each) => each.id === id)?.index);
  }

  /** Shows subtitles, or none, and remembers their language. */
  chooseSubtitles(id: string | undefined): void {
    const subtitles = this.subtitles.offered.value.find((each) => String(each.id) === id);
    rememberPreference({ subtitles: subtitles?.language ?? '' });
    this.subtitles.choose(subtitles);
  }

  /** Ends playing, for good. */
  dispose(): void {
    for (const each of [this.#ending, this.#asking]) each.abort();
    this.laterRetry.cancel();
    this.subtitles.dispose();
    this.#hls.dispose();
    this.#stream.dispose();
  }

  async #open(start: number): Promise<void> {
    this.#asking.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#close();
    const { state } = this;
    state.position.value = start;
    const { info, refusal } = await askItem(state.ref.value, asking.signal, (known) => {
      state.info.value ??= known;
      state.phase.value = 'scanning';
    });
    if (asking.signal.aborted) return;
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    if (info !== undefined) this.#show(info);
    const { offer, refusal: hlsRefusal } = chooseWay(info?.hls, this.#wanted);
    if (offer === undefined) this.#openStream(hlsRefusal, start);
    else await this.#openHls(offer, start, asking);
  }

  /** Leaves what was played before. */
  #close(): void {
    this.laterRetry.cancel();
    this.#hls.close();
    this.#stream.close();
    batch(() => {
      const { state } = this;
      state.phase.value = 'opening';
      state.problem.value = undefined;
      state.way.value = undefined;
      state.isWaiting.value = true;
      state.isEnded.value = false;
      state.qualityChoices.value = [];
    });
  }

  /** Shows what is known of the item, and chooses of it what the viewer would. */
  #show(info: ItemInfo): void {
    const { state } = this;
    const isNew = state.audio.value === undefined;
    const preferences = readPreferences();
    state.info.value = info;
    if (info.durationMs !== undefined) state.duration.value = info.durationMs / 1000;
    if (!isNew) return;
    state.audio.value = preferredAudio(info, preferences.audio);
    this.subtitles.offer(info);
    const heard = info.tracks.find(({ id }) => String(id) === state.audio.value);
    const { offered } = this.subtitles;
    if (preferences.subtitles !== '')
      this.subtitles.choose(preferredSubtitles(offered.value, preferences.subtitles, heard?.language));
  }

  async #openHls({ renditions, plan }: ReadyHls, start: number, asking: AbortController): Promise<void> {
    const { state } = this;
    const query = await playerQuery();
    if (asking.signal.aborted) return;
    this.#player = this.#hls;
    state.renditions.value = renditions;
    state.phase.value = 'playing';
    state.way.value = { kind: 'hls' };
    this.#hls.open({
      url: addressOf(state.ref.value, `master.m3u8?${query}`),
      audio: renditions.filter(({ type }) => type === 'audio').map(({ id }) => id),
      chosenAudio: audioRenditionOf(renditions, state.audio.value),
      duration: plan.durationSeconds,
      start,
      isNative: this.#wanted === 'native',
    });
    this.#onChange();
  }

  #openStream(refusal: Failure | undefined, start: number): void {
    const { state } = this;
    this.#player = this.#stream;
    state.renditions.value = [];
    state.qualityChoices.value = [];
    state.phase.value = 'playing';
    state.problem.value = undefined;
    state.way.value = { kind: 'stream', ...(refusal === undefined ? {} : { refusal }) };
    const query = state.audio.value === undefined ? {} : { audioTrack: state.audio.value };
    const url = addressOf(state.ref.value, 'stream.mp4');
    this.#stream.open({ url, query, isPlain: this.#wanted === 'plain' }, start);
    this.subtitles.renew();
    this.#onChange();
  }

  #fail(failure: Failure): void {
    const { isPaused, hasBegun } = this.state;
    // Who had paused does not want it to begin by itself.
    const isWatched = !isPaused.value || !hasBegun.value;
    if (failure.retryAfter !== undefined && isWatched) this.laterRetry.plan(failure.retryAfter);
    batch(() => {
      this.state.phase.value = 'failed';
      this.state.problem.value = failure;
      this.state.isWaiting.value = false;
    });
  }

  #onChange(): void {
    if (this.state.phase.value !== 'playing') return;
    const { position, duration } = this.#player;
    this.state.position.value = position;
    if (duration > 0) this.state.duration.value = duration;
  }

  #onRenditions(): void {
    const { state } = this;
    const heard = state.renditions.value.find(({ id }) => id === this.#hls.audio);
    if (heard !== undefined) state.audio.value = String(heard.trackId);
    const { value: info } = state.info;
    if (info === undefined) return;
    const choices = qualityChoices(info, state.renditions.value, this.#hls.videoUrls);
    const { shown, isAutomatic } = this.#hls.video;
    state.qualityChoices.value = choices;
    state.quality.value = { shown: choices.find(({ index }) => index === shown)?.id, isAutomatic };
  }
}
