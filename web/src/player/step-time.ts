// Where a step from one picture to the next leads.
import type { ItemInfo } from '../shared/api.js';

/** Frames a second, where a file does not tell. */
const USUAL_RATE = 25;

/** How much of a picture's time passes before the time that is sought: enough for rounding, and no more. */
const INTO_PICTURE = 0.1;

/** So little before its beginning, in shares of its time, is that picture too. */
const ROUNDING = 0.05;

/**
 * The time to seek to for another picture: soon after that picture's beginning. Behind a cut, Chromium shows the first pictures
 * only to who seeks their beginning, and in the rest of their time the one behind them (docs/decisions/0001-decode-times.md).
 * Where the first picture does not stand at zero it is a time somewhere in that picture, always the same.
 * @param position - where it stands, in seconds.
 * @param pictures - how many on; negative for back.
 * @param rate - pictures a second.
 */
export function stepTime(position: number, pictures: number, rate: number): number {
  return (Math.floor(position * rate + ROUNDING) + pictures + INTO_PICTURE) / rate;
}

/** How many pictures of an item there are a second, as far as is known. */
export function pictureRate(info: ItemInfo | undefined): number {
  const track = info?.tracks.find(({ type }) => type === 'video');
  return track?.video?.framesPerSecond ?? USUAL_RATE;
}
