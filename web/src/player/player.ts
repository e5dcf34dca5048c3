// All of a player but its looks: what plays, what the controls are told, what comes next.
import './trusted-types.js';
import { computed, effect, signal } from '@preact/signals';
import type { MediaStore } from 'media-chrome/dist/media-store/media-store.js';
import { addressOf, go } from '../shared/place.js';
import { readable } from '../shared/readable.js';
import { titleOf } from '../shared/words.js';
import { connectMediaKeys } from './media-keys.js';
import { findNeighbours, type Neighbours } from './neighbours.js';
import { PlayerPanels } from './player-panels.js';
import type { WantedWay } from './choose-way.js';
import { PlayerSession } from './player-session.js';
import { chapterCues, createPlayerStore, refreshStore } from './player-store.js';
import { keepResume } from './resume-keeper.js';
import { listenToKeys, type ShortcutTarget } from './shortcuts.js';
import { fetchThumbnails, type Thumbnail } from './thumbnails.js';

/** A player, from when its page is opened until it is left. */
export class Player implements ShortcutTarget {
  readonly video = document.createElement('video');
  /** Where subtitles are drawn that are no text. */
  readonly layer = document.createElement('div');
  readonly panels = new PlayerPanels();
  readonly session: PlayerSession;
  readonly store: MediaStore;
  readonly neighbours = signal<Neighbours>({});
  readonly chapters = computed(() =>
    chapterCues(this.session.state.info.value?.chapters ?? [], this.session.state.duration.value),
  );
  /** The item's title; empty until it is known. */
  readonly title = computed(() => {
    const info = this.session.state.info.value;
    const path = info?.name ?? this.neighbours.value.here?.path;
    return readable(info?.title ?? (path === undefined ? '' : titleOf(path)));
  });
  readonly #thumbnails = signal<readonly Thumbnail[]>([]);
  readonly #ending = new AbortController();
  readonly #ends: (() => void)[];
  /** Ends what is fetched for the present item. */
  #fetching = new AbortController();

  constructor() {
    const wanted = new URLSearchParams(location.search).get('player') ?? undefined;
    this.video.slot = 'media';
    this.video.playsInline = true;
    this.layer.className = 'subtitle-layer';
    this.session = new PlayerSession(this.video, this.layer, wanted as WantedWay);
    this.store = createPlayerStore(
      this.session,
      () => this.chapters.value,
      () => this.#thumbnails.value,
    );
    const { state } = this.session;
    const { signal: ending } = this.#ending;
    listenToKeys(this, ending);
    this.#ends = [
      keepResume(this.session, ending),
      connectMediaKeys(this.session, () => this.neighbours.value, openItem),
      effect(() => {
        this.#refreshOn(state.duration.value, state.info.value, this.chapters.value, state.phase.value);
      }),
      effect(() => {
        const { value: info } = state.info;
        if (info?.thumbnails !== undefined && !state.isPaused.value) this.#fetchThumbnails(info.thumbnails);
      }),
      effect(() => {
        document.title = this.title.value === '' ? 'segmint' : `${this.title.value} – segmint`;
      }),
    ];
  }

  /** Opens an item in place of the one that is played. */
  open(ref: string): void {
    this.#fetching.abort();
    this.#fetching = new AbortController();
    this.#thumbnails.value = [];
    this.neighbours.value = {};
    const { signal: fetching } = this.#fetching;
    findNeighbours(ref).then(
      (found) => {
        if (!fetching.aborted) this.neighbours.value = found;
      },
      // Then there is nothing to go on with.
      () => undefined,
    );
    this.session.open(ref);
  }

  /** Ends playing, for good. */
  dispose(): void {
    this.#fetching.abort();
    this.#ending.abort();
    for (const end of this.#ends) end();
    this.session.dispose();
  }

  /** Shows the controls what they are told of by no event of the element. */
  #refreshOn(..._changed: readonly unknown[]): void {
    refreshStore(this.store);
  }

  /** Once for an item, when it plays: what is played comes first. */
  #fetchThumbnails(file: string): void {
    if (this.#thumbnails.peek().length > 0) return;
    const { signal: fetching } = this.#fetching;
    const url = addressOf(this.session.state.ref.peek(), file);
    fetchThumbnails(url, fetching).then(
      (found) => {
        if (!fetching.aborted) this.#thumbnails.value = found;
      },
      // The time bar does without.
      () => undefined,
    );
  }
}

/** Plays another item of the library, in the place of this one: the way back leads to the library. */
export function openItem(ref: string): void {
  go(`/m/${ref}/play`, 'replace');
}
