// Lets go of sound that hls.js would have wait for ever for pictures which nobody loads any more.
import type Hls from 'hls.js';

/** Where a segment begins and ends, in seconds. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Throws away the sound that is loaded ahead of its pictures where the viewer goes back before it. hls.js (1.7.4) puts off giving
 * it to the browser until pictures of as late are there, and loads no other sound meanwhile; after a seek back those pictures are
 * not loaded, and where the place is one segment back no others release it either: the film would stand there for good.
 * @param hls - plays.
 * @param library - hls.js.
 * @param video - where it plays.
 */
export function releaseSound(
  hls: Pick<Hls, 'on' | 'trigger'>,
  { Events }: Pick<typeof Hls, 'Events'>,
  video: Pick<HTMLVideoElement, 'currentTime' | 'addEventListener' | 'removeEventListener'>,
): void {
  let waiting: Span | undefined;
  /** How much is on its way to the browser: what begins a track goes before its first segment, and is never put off. */
  let pending = 0;
  const release = (): void => {
    if (waiting === undefined || video.currentTime >= waiting.start) return;
    const { start, end } = waiting;
    waiting = undefined;
    hls.trigger(Events.BUFFER_FLUSHING, { type: 'audio', startOffset: start, endOffset: end });
  };
  hls.on(Events.BUFFER_APPENDING, (_, { type, frag }) => {
    if (type !== 'audio') return;
    pending += 1;
    waiting = { start: frag.start, end: frag.end };
  });
  hls.on(Events.BUFFER_APPENDED, (_, { type }) => {
    if (type !== 'audio') return;
    pending = Math.max(0, pending - 1);
    if (pending === 0) waiting = undefined;
  });
  const forget = (): void => {
    pending = 0;
    waiting = undefined;
  };
  hls.on(Events.MEDIA_DETACHED, forget);
  // What the browser refuses is never said to have been taken.
  hls.on(Events.ERROR, (_, { sourceBufferName }) => {
    if (sourceBufferName === 'audio') forget();
  });
  video.addEventListener('seeking', release);
  hls.on(Events.DESTROYING, () => video.removeEventListener('seeking', release));
}
