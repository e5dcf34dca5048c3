// What is played as HLS, and what is told of playing it.
import type Hls from 'hls.js';
import type { Failure } from '../shared/words.js';

/** A presentation. */
export interface HlsItem {
  /** Of its master playlist. */
  readonly url: string;
  /** Ids of its audio renditions, in their order. */
  readonly audio: readonly string[];
  /** Id of one, if it is not to be the default. */
  readonly chosenAudio: string | undefined;
  /** Seconds, where it is known. */
  readonly duration: number | undefined;
  /** Seconds. */
  readonly start: number;
  /** To leave it to the browser where that plays HLS. */
  readonly isNative: boolean;
  /** To wait for the viewer before it plays. */
  readonly isPaused?: boolean;
}

/** Why playing cannot go on. */
export interface HlsProblem {
  readonly failure: Failure;
  /** What the server does not offer as HLS, or the browser cannot decode. */
  readonly isRefused: boolean;
  /** Where it was, in seconds. */
  readonly position: number;
}

/** What is told of playing. */
export interface HlsListener {
  /** Time went on, or more is known of it. */
  onChange(): void;
  /** It is known which audio and video renditions are played, or that changed. */
  onRenditions(): void;
  /** It is known which subtitles there are, or that changed. */
  onSubtitles(): void;
  onProblem(problem: HlsProblem): void;
  /** hls.js is about to load something, and can be listened to. */
  onLibrary(hls: Hls, library: typeof Hls): void;
}
