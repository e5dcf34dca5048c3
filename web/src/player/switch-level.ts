// Shows another form of the video as soon as that goes, also where hls.js would not.
import type Hls from 'hls.js';

/** Seconds by which what is held may end before the longest track does. */
const TOLERANCE = 0.5;

/** What of hls.js is used here. */
type Levels = Pick<Hls, 'currentLevel' | 'nextLevel' | 'on' | 'off'>;

/**
 * Shows one of the levels from a later segment on, for which hls.js lets go of what it holds of that. It holds on to the segment
 * that is played, and to those that are played before another could come: where these are the last ones, nothing is ever loaded
 * again. Then it is shown at once, with a short wait.
 * @param hls - plays.
 * @param library - hls.js.
 * @param video - where it plays.
 * @param level - number of the level; -1 leaves the choice to the line's speed.
 */
export function switchLevel(
  hls: Levels,
  { Events }: Pick<typeof Hls, 'Events'>,
  video: Pick<HTMLVideoElement, 'buffered' | 'currentTime' | 'duration'>,
  level: number,
): void {
  let flushings = 0;
  const onFlushing = (): void => {
    flushings++;
  };
  hls.on(Events.BUFFER_FLUSHING, onFlushing);
  hls.nextLevel = level;
  hls.off(Events.BUFFER_FLUSHING, onFlushing);
  const isLeft = flushings === 0 && hls.currentLevel !== level && isHeldToEnd(video);
  if (level >= 0 && isLeft) hls.currentLevel = level;
}

function isHeldToEnd({
  buffered,
  currentTime,
  duration,
}: Pick<HTMLVideoElement, 'buffered' | 'currentTime' | 'duration'>): boolean {
  for (let range = 0; range < buffered.length; range++) {
    if (buffered.start(range) <= currentTime && buffered.end(range) >= duration - TOLERANCE) return true;
  }
  return false;
}
