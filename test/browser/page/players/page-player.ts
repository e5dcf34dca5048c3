import type { PageVideo } from '../../page-types.js';

/** The ways to play a presentation that the page knows. */
export type PlayerName = 'hls.js' | 'native' | 'dash.js' | 'Shaka';

/**
 * When another form of the video is taken up: with what is `loaded` from now on, with what is `soon` shown, or at `once`. Players
 * that know no difference take it up as soon as they can.
 */
export type SwitchMoment = 'loaded' | 'soon' | 'once';

/** What plays a presentation in the page's video element. */
export interface PagePlayer {
  /** Languages of the audio tracks; empty where the player does not tell. */
  languages(): readonly string[];
  /** Chooses another audio track by its place in the list; a player that must not be disturbed meanwhile makes wait. */
  selectAudio(index: number): void | Promise<void>;
  /** Chooses the form of the video that has a height in pixels. */
  selectHeight(height: number, moment: SwitchMoment): void;
  /** What each of its buffers holds, by name; undefined where the element alone tells. */
  readonly buffers: ReadonlyMap<string, { readonly buffered: PageVideo['buffered'] }> | undefined;
}

/** What a player of the page is opened with. */
export interface PagePlayerOptions {
  readonly url: string;
  readonly video: PageVideo;
  /** In which form each segment has to be loaded, where the player can be told that; behind the last one in that. */
  readonly heights: readonly number[];
  /** Takes what it complains of. */
  readonly complain: (message: string) => void;
  /** There is enough ahead to play on with: what is waited for then is the decoder of a busy machine. */
  readonly isBufferedAhead: () => boolean;
}
