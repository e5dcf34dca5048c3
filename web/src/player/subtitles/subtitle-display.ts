// Shows the subtitles that were chosen: as a rendition of HLS, as a file beside a continuous stream, or drawn over the picture.
import { signal } from '@preact/signals';
import type { ItemInfo, SubtitleInfo } from '../../shared/api.js';
import { addressOf } from '../../shared/place.js';
import type { HlsPlayer } from '../hls-player.js';
import type { SubtitleRenderer, SubtitleRenderers, SubtitleStage } from './subtitle-renderer.js';

/** What subtitles are shown by. */
export interface SubtitleDisplayOptions {
  readonly video: HTMLVideoElement;
  readonly layer: HTMLElement;
  readonly renderers: SubtitleRenderers;
  /** The player, while it plays HLS. */
  readonly hls: () => HlsPlayer | undefined;
  /** Seconds of the source at which the element's zero lies. */
  readonly offset: () => number;
}

/** Events by which the picture leaves the page and comes back. */
const APART: readonly (readonly [event: string, isApart: boolean])[] = [
  ['enterpictureinpicture', true],
  ['leavepictureinpicture', false],
  ['webkitbeginfullscreen', true],
  ['webkitendfullscreen', false],
];

/** The subtitles of what is played. */
export class SubtitleDisplay {
  /** Those that can be shown. */
  readonly offered = signal<readonly SubtitleInfo[]>([]);
  /** Those that are shown. */
  readonly shown = signal<SubtitleInfo | undefined>(undefined);
  readonly #options: SubtitleDisplayOptions;
  #last: SubtitleInfo | undefined;
  #info: ItemInfo | undefined;
  #renderer: SubtitleRenderer | undefined;
  #opening: AbortController | undefined;
  /** The file beside a continuous stream. */
  #file: HTMLTrackElement | undefined;

  /** The picture is where nothing can be drawn over it: in a window of its own, or in the system's own full screen. */
  #isApart = false;
  readonly #ending = new AbortController();

  constructor(options: SubtitleDisplayOptions) {
    this.#options = options;
    const { signal } = this.#ending;
    for (const [event, isApart] of APART)
      options.video.addEventListener(event, () => this.#goApart(isApart), { signal });
  }

  /** Id of those that were shown last, or else of the first ones. */
  get usual(): string | undefined {
    const { value: offered } = this.offered;
    const last = offered.find((each) => each === this.#last) ?? offered[0];
    return last === undefined ? undefined : String(last.id);
  }

  /** Offers the subtitles of an item, and shows none. */
  offer(info: ItemInfo | undefined): void {
    this.choose(undefined);
    this.#info = info;
    this.offered.value = (info?.subtitles ?? []).filter(
      (each) => each.url !== undefined || this.#loaderOf(each) !== undefined,
    );
  }

  /** Shows subtitles; `undefined` shows none. */
  choose(subtitles: SubtitleInfo | undefined): void {
    this.#clear();
    this.shown.value = subtitles;
    if (subtitles === undefined) return;
    this.#last = subtitles;
    const isText = this.#loaderOf(subtitles) === undefined || (this.#isApart && subtitles.url !== undefined);
    if (isText) this.#showText(subtitles);
    else void this.#draw(subtitles);
  }

  /** Shows what was chosen on what is played now: a player or its subtitles came anew. What is drawn stays: it goes by the picture. */
  renew(): void {
    if (this.#opening === undefined) this.choose(this.shown.value);
  }

  dispose(): void {
    this.#clear();
    this.#ending.abort();
  }

  #goApart(isApart: boolean): void {
    this.#isApart = isApart;
    const { value: shown } = this.shown;
    if (shown !== undefined && this.#loaderOf(shown) !== undefined) this.choose(shown);
  }

  #loaderOf({ originalType }: SubtitleInfo): SubtitleRenderers[keyof SubtitleRenderers] {
    return originalType === undefined ? undefined : this.#options.renderers[originalType];
  }

  #clear(): void {
    this.#opening?.abort();
    this.#opening = undefined;
    this.#renderer?.dispose();
    this.#renderer = undefined;
    this.#file?.remove();
    this.#file = undefined;
    this.#options.hls()?.chooseSubtitles(undefined);
  }

  #showText(subtitles: SubtitleInfo): void {
    const hls = this.#options.hls();
    if (hls === undefined) this.#showFile(subtitles);
    else hls.chooseSubtitles(this.#indexIn(hls.subtitleUrls, subtitles));
  }

  /** Renditions of HLS have the names of the subtitles, or at least their order. */
  #indexIn(urls: readonly string[], subtitles: SubtitleInfo): number | undefined {
    const named = urls.findIndex((url) => url.includes(`/subtitles/${subtitles.id}/`));
    if (named >= 0) return named;
    const texts = this.offered.value.filter(({ url }) => url !== undefined);
    const index = texts.indexOf(subtitles);
    return index >= 0 && index < urls.length ? index : undefined;
  }

  #showFile({ url, language, name }: SubtitleInfo): void {
    if (url === undefined || this.#info === undefined) return;
    const file = document.createElement('track');
    file.kind = 'subtitles';
    file.srclang = language;
    file.label = name ?? language;
    file.src = addressOf(this.#info.ref, url);
    this.#options.video.append(file);
    file.track.mode = 'showing';
    this.#file = file;
  }

  async #draw(subtitles: SubtitleInfo): Promise<void> {
    const opening = new AbortController();
    this.#opening = opening;
    try {
      const open = await this.#loaderOf(subtitles)!();
      const renderer = await open(subtitles, this.#stage(), opening.signal);
      if (opening.signal.aborted) renderer.dispose();
      else this.#renderer = renderer;
    } catch {
      // What cannot be drawn may still be read.
      if (opening.signal.aborted) return;
      this.#opening = undefined;
      this.#showText(subtitles);
    }
  }

  #stage(): SubtitleStage {
    const { video, layer, offset } = this.#options;
    const { ref = '', attachments = [] } = this.#info ?? {};
    return { video, layer, offset, attachments, addressOf: (file) => addressOf(ref, file) };
  }
}
