// What the players have in common.

/** Plays one item in a media element, in one way. Times are seconds of the source. */
export interface MediaPlayer {
  /** Where it is, or will begin. */
  readonly position: number;
  /** NaN until it is known. */
  readonly duration: number;
  /** Seconds of the source at which the element's zero lies. */
  readonly offset: number;
  /** Goes to a time. */
  seek(seconds: number): void;
  /** Ends loading, and empties the element. */
  close(): void;
}

/** Starts playing. */
export function beginPlaying(video: HTMLVideoElement): void {
  // A browser may ask for a click first; the play button is there for it.
  video.play().catch(() => undefined);
}

/** Empties an element, so that it loads nothing and shows nothing. */
export function emptyMedia(video: HTMLVideoElement): void {
  if (!video.hasAttribute('src')) return;
  video.removeAttribute('src');
  video.load();
}
