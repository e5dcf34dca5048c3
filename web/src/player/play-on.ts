// Plays on where hls.js takes the element anew.
import type Hls from 'hls.js';
import { beginPlaying } from './media-player.js';

/**
 * Has what was playing play on when hls.js empties the element and takes it again, as it does to overcome what the browser could
 * not decode or put out (1.7.4). An element that is emptied is paused, and hls.js tells of it only then.
 * @param hls - plays; asked from now on before it leaves the element.
 * @param library - hls.js.
 * @param video - where it plays.
 */
export function playOn(
  hls: Pick<Hls, 'detachMedia' | 'on'>,
  { Events }: Pick<typeof Hls, 'Events'>,
  video: HTMLVideoElement,
): void {
  let wasPlaying = false;
  const detach = hls.detachMedia.bind(hls);
  hls.detachMedia = () => {
    wasPlaying = !video.paused;
    detach();
  };
  hls.on(Events.MEDIA_ATTACHED, () => {
    if (wasPlaying) beginPlaying(video);
  });
}
