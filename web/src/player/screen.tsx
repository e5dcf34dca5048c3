// The screen: the picture, and what lies over it.
import './trusted-types.js';
import 'media-chrome/dist/media-controller.js';
import type MediaController from 'media-chrome/dist/media-controller.js';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { posterAddress } from '../shared/api.js';
import { ControlBar, TopBar, TouchControls } from './control-bar.js';
import { NextCard } from './next-card.js';
import type { Player } from './player.js';
import { ShortcutList } from './shortcut-list.js';
import { Cover, ResumeNote, Said, Status } from './status.js';
import { listenToTaps } from './taps.js';

/** What a screen is made of. */
export interface ScreenProps {
  readonly player: Player;
  /** The way to the library, where there is one to go back to. */
  readonly back: (() => void) | undefined;
}

/** Seconds after which controls hide. */
const HIDE_AFTER = '3';
/** They do not. */
const NEVER = '-1';

/** For what does not hide with the controls. */
const STAYS = { noautohide: '' };

/** Pixels; one of the widths that the server has. */
const POSTER_WIDTH = 1280;

/** The screen of a player. */
export function Screen({ player, back }: ScreenProps) {
  const controller = useRef<MediaController>(null);
  const { menu } = player.panels;
  const { info, isSoundAlone, phase } = player.session.state;
  const { value: known } = info;
  const poster = known?.poster === undefined ? undefined : posterAddress(known.ref, POSTER_WIDTH);

  useLayoutEffect(() => {
    const element = controller.current!;
    const leaving = new AbortController();
    element.prepend(player.video, player.layer);
    element.mediaStore = player.store;
    listenToTaps(element, player, leaving.signal);
    element.addEventListener('fullscreenchange', () => void turn(element), { signal: leaving.signal });
    return () => leaving.abort();
  }, [player]);

  const isHeld = menu.value !== undefined || phase.value === 'failed';
  return (
    <media-controller
      ref={controller}
      class="screen"
      nodefaultstore
      nohotkeys
      autohide={isHeld ? NEVER : HIDE_AFTER}
    >
      {isSoundAlone.value && (
        <div class="cover" {...STAYS}>
          <Cover player={player} poster={poster} />
        </div>
      )}
      <div class="over" {...STAYS}>
        <Status player={player} back={back} />
        <Said player={player} />
        <ResumeNote player={player} />
        <NextCard player={player} />
      </div>
      <TopBar player={player} back={back} />
      <TouchControls />
      <ControlBar player={player} />
      <ShortcutList panels={player.panels} />
    </media-controller>
  );
}

/** Turns a phone's screen to the picture, where it can be turned. */
async function turn(screen: HTMLElement): Promise<void> {
  const orientation = globalThis.screen.orientation as Partial<
    ScreenOrientation & { lock(to: 'landscape'): Promise<void> }
  >;
  try {
    if (document.fullscreenElement === screen) await orientation.lock?.('landscape');
    else orientation.unlock?.();
  } catch {
    // Only phones can be turned.
  }
}
