// What the page shows of playing, as signals. The session alone writes them.
import { computed, signal } from '@preact/signals';
import type { ItemInfo, RenditionInfo } from '../shared/api.js';
import type { Failure } from '../shared/words.js';
import { audioChoices, type Choice } from './choices.js';

/** How far an item has come. */
export type Phase =
  | 'opening'
  /** The server looks for places to begin at: there is no index. */
  | 'scanning'
  | 'playing'
  /** It cannot go on until it is asked to. */
  | 'failed';

/** How an item is played. */
export interface Way {
  readonly kind: 'hls' | 'stream';
  /** Why it is not played as HLS, where there is something to be said about it. */
  readonly refusal?: Failure;
}

/** A form of the video, and its number among those of the player. */
export interface QualityChoice extends Choice {
  readonly index: number;
}

/** The state of a session. */
export class PlayerState {
  readonly ref = signal('');
  readonly info = signal<ItemInfo | undefined>(undefined);
  readonly phase = signal<Phase>('opening');
  readonly way = signal<Way | undefined>(undefined);
  /** Why it failed. */
  readonly problem = signal<Failure | undefined>(undefined);
  /** Seconds at which it was taken up again; undefined when it began at its beginning. */
  readonly resumedAt = signal<number | undefined>(undefined);
  /** Seconds of the source. */
  readonly position = signal(0);
  /** Seconds; NaN until it is known. */
  readonly duration = signal(NaN);
  /** The element waits for something to show. */
  readonly isWaiting = signal(true);
  readonly isPaused = signal(true);
  readonly isEnded = signal(false);
  /** It has begun to play: a browser may want to be asked first. */
  readonly hasBegun = signal(false);
  /** How fast it is played: 1 as it was made. */
  readonly speed = signal(1);
  /** Forms of the tracks, when it is played as HLS. */
  readonly renditions = signal<readonly RenditionInfo[]>([]);
  readonly audioChoices = computed(() =>
    this.info.value === undefined ? [] : audioChoices(this.info.value, this.renditions.value),
  );
  /** Number of the track that is heard. */
  readonly audio = signal<string | undefined>(undefined);
  readonly qualityChoices = signal<readonly QualityChoice[]>([]);
  /** Which of them is seen, and whether the line's speed chooses. */
  readonly quality = signal<{ readonly shown: string | undefined; readonly isAutomatic: boolean }>({
    shown: undefined,
    isAutomatic: true,
  });
  /** There is nothing to see, only to hear. */
  readonly isSoundAlone = computed(() => {
    const tracks = this.info.value?.tracks;
    return tracks !== undefined && !tracks.some(({ type, action }) => type === 'video' && action !== 'drop');
  });

  /** Forgets what belongs to an item. */
  clear(ref: string): void {
    this.ref.value = ref;
    this.info.value = undefined;
    this.resumedAt.value = undefined;
    this.hasBegun.value = false;
    this.position.value = 0;
    this.duration.value = NaN;
    this.renditions.value = [];
    this.audio.value = undefined;
  }
}
