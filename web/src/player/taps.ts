// Taps and double clicks on the picture.
import { skip, toggleFullScreen, type ShortcutTarget } from './shortcuts.js';

/** Milliseconds within which a second tap belongs to the first. */
const DOUBLE_MS = 350;

/** Seconds that a double tap goes back or on. */
const SKIP_SECONDS = 10;

/** The part of the picture at each side where a double tap skips. */
const SIDE = 0.38;

/**
 * Listens on the screen until it is aborted: two taps at a side go back or on, and each further one goes on with that; a double
 * click of a mouse fills the screen.
 */
export function listenToTaps(screen: HTMLElement, target: ShortcutTarget, signal: AbortSignal): void {
  let last = { side: 0, time: -Infinity };
  const isPicture = (event: Event): boolean => {
    const from = event.composedPath()[0];
    return from === screen || from === target.session.video;
  };
  screen.addEventListener(
    'pointerup',
    (event) => {
      if (event.pointerType !== 'touch' || !isPicture(event)) return;
      const { left, width } = screen.getBoundingClientRect();
      const at = (event.clientX - left) / width;
      const side = at < SIDE ? -1 : at > 1 - SIDE ? 1 : 0;
      const isDouble = side !== 0 && side === last.side && event.timeStamp - last.time < DOUBLE_MS;
      last = { side, time: event.timeStamp };
      if (isDouble) skip(target, side * SKIP_SECONDS);
    },
    { signal },
  );
  screen.addEventListener(
    'dblclick',
    (event) => {
      // Two taps are no double click.
      const { pointerType } = event as MouseEvent & { readonly pointerType?: string };
      const isTouch = pointerType === 'touch' || event.timeStamp - last.time < DOUBLE_MS;
      if (isPicture(event) && !isTouch) toggleFullScreen(target.store);
    },
    { signal },
  );
}
