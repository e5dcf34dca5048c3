// Tells of each picture that is shown what time of the source it has.
import type { SubtitleStage } from './subtitle-renderer.js';

/** Asks for the next picture; not in every browser. */
type AskForPicture = (seen: (now: number, picture: { readonly mediaTime: number }) => void) => number;

/**
 * Tells the time of the source, in seconds, of what is shown now and of each picture after it, until it is aborted.
 * @param onTime - called as often as pictures change, also while it stands still and somebody seeks.
 */
export function followPictures(
  { video, offset }: Pick<SubtitleStage, 'video' | 'offset'>,
  onTime: (seconds: number) => void,
  signal: AbortSignal,
): void {
  const tell = (seconds: number): void => onTime(seconds + offset());
  const look = (): void => tell(video.currentTime);
  const { requestVideoFrameCallback: ask } = video as { requestVideoFrameCallback?: AskForPicture };
  if (ask === undefined) {
    const next = (): void => {
      if (signal.aborted) return;
      if (!video.paused) look();
      requestAnimationFrame(next);
    };
    next();
  } else {
    const next = (): void => {
      ask.call(video, (_now, { mediaTime }) => {
        if (signal.aborted) return;
        tell(mediaTime);
        next();
      });
    };
    next();
  }
  // A seek while it stands still: what is shown then may have been shown before, and be no new picture.
  for (const event of ['seeking', 'seeked', 'loadeddata']) video.addEventListener(event, look, { signal });
  look();
}
