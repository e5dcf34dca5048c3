// What the system shows of what is played, and the keys that it has for that: on a keyboard, a headset, a locked phone.
import { effect } from '@preact/signals';
import { posterAddress } from '../shared/api.js';
import { readable } from '../shared/readable.js';
import { titleOf } from '../shared/words.js';
import type { PlayerSession } from './player-session.js';
import type { Neighbours } from './neighbours.js';

const SKIP_SECONDS = 10;

/**
 * Tells the system what is played, and does what it asks for.
 * @param neighbours - what comes before and after.
 * @param go - opens another item.
 * @returns what ends that.
 */
export function connectMediaKeys(
  session: PlayerSession,
  neighbours: () => Neighbours,
  go: (ref: string) => void,
): () => void {
  const { mediaSession: keys } = navigator as { readonly mediaSession?: MediaSession };
  if (keys === undefined) return () => undefined;
  const { state } = session;
  const handlers: Readonly<Partial<Record<MediaSessionAction, MediaSessionActionHandler>>> = {
    play: () => session.play(),
    pause: () => session.video.pause(),
    seekbackward: ({ seekOffset }) => session.seek(state.position.value - (seekOffset ?? SKIP_SECONDS)),
    seekforward: ({ seekOffset }) => session.seek(state.position.value + (seekOffset ?? SKIP_SECONDS)),
    seekto: ({ seekTime }) => session.seek(seekTime ?? 0),
  };
  for (const [action, handler] of Object.entries(handlers))
    setHandler(keys, action as MediaSessionAction, handler);
  const ends = [
    effect(() => {
      const info = state.info.value;
      if (info === undefined) return;
      const artwork = info.poster === undefined ? [] : [{ src: posterAddress(info.ref, 640) }];
      keys.metadata = new MediaMetadata({ title: readable(info.title ?? titleOf(info.name)), artwork });
    }),
    effect(() => {
      const { previous, next } = neighbours();
      setHandler(keys, 'previoustrack', previous && (() => go(previous.ref)));
      setHandler(keys, 'nexttrack', next && (() => go(next.ref)));
    }),
    effect(() => {
      const [position, duration] = [state.position.value, state.duration.value];
      if (!(duration > 0)) return;
      // Not in every browser that has the rest.
      (keys as Partial<MediaSession>).setPositionState?.({
        duration,
        position: Math.min(position, duration),
        playbackRate: state.speed.value,
      });
    }),
  ];
  return () => {
    for (const end of ends) end();
    keys.metadata = null;
    for (const action of [...Object.keys(handlers), 'previoustrack', 'nexttrack'])
      setHandler(keys, action as MediaSessionAction, undefined);
  };
}

function setHandler(
  keys: MediaSession,
  action: MediaSessionAction,
  handler: MediaSessionActionHandler | undefined,
): void {
  try {
    keys.setActionHandler(action, handler ?? null);
  } catch {
    // A browser may not know the key.
  }
}
