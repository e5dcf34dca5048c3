// What keys do.
import type { MediaStore } from 'media-chrome/dist/media-store/media-store.js';
import { SPEEDS } from './player-menus.js';
import type { PlayerPanels } from './player-panels.js';
import type { PlayerSession } from './player-session.js';

/** What keys act on. */
export interface ShortcutTarget {
  readonly session: PlayerSession;
  readonly store: MediaStore;
  readonly panels: PlayerPanels;
}

/** Keys that do one thing. */
export interface Shortcut {
  /** Values of `KeyboardEvent.key`. */
  readonly keys: readonly string[];
  /** The keys as people call them. */
  readonly names: readonly string[];
  readonly label: string;
  act(target: ShortcutTarget, key: string): void;
}

const SHORT_SECONDS = 5;
const LONG_SECONDS = 10;
const VOLUME_STEP = 0.05;

/** All keys of the player. */
export const SHORTCUTS: readonly Shortcut[] = [
  {
    keys: [' ', 'k'],
    names: ['Space', 'K'],
    label: 'Play or pause',
    act: ({ session }) => session.toggle(),
  },
  {
    keys: ['ArrowLeft', 'ArrowRight'],
    names: ['←', '→'],
    label: `${SHORT_SECONDS} seconds back or on`,
    act: (target, key) => skip(target, key === 'ArrowLeft' ? -SHORT_SECONDS : SHORT_SECONDS),
  },
  {
    keys: ['j', 'l'],
    names: ['J', 'L'],
    label: `${LONG_SECONDS} seconds back or on`,
    act: (target, key) => skip(target, key === 'j' ? -LONG_SECONDS : LONG_SECONDS),
  },
  {
    keys: ['Home', 'End'],
    names: ['Home', 'End'],
    label: 'To the beginning or the end',
    act: ({ session }, key) => session.seek(key === 'Home' ? 0 : session.state.duration.value),
  },
  {
    keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    names: ['0', '…', '9'],
    label: 'To that tenth of it',
    act: ({ session }, key) => {
      const { value: duration } = session.state.duration;
      if (duration > 0) session.seek((duration * Number(key)) / 10);
    },
  },
  {
    keys: [',', '.'],
    names: [',', '.'],
    label: 'One picture back or on, while paused',
    act: ({ session }, key) => session.step(key === ',' ? -1 : 1),
  },
  {
    keys: ['ArrowUp', 'ArrowDown'],
    names: ['↑', '↓'],
    label: 'Louder or quieter',
    act: (target, key) => changeVolume(target, key === 'ArrowUp' ? VOLUME_STEP : -VOLUME_STEP),
  },
  { keys: ['m'], names: ['M'], label: 'Sound on or off', act: toggleMute },
  { keys: ['c'], names: ['C'], label: 'Subtitles on or off', act: toggleSubtitles },
  {
    keys: ['<', '>'],
    names: ['<', '>'],
    label: 'Slower or faster',
    act: (target, key) => changeSpeed(target, key === '<' ? -1 : 1),
  },
  { keys: ['f'], names: ['F'], label: 'Full screen', act: ({ store }) => toggleFullScreen(store) },
  { keys: ['p'], names: ['P'], label: 'Picture in picture', act: togglePictureInPicture },
  {
    keys: ['i'],
    names: ['I'],
    label: 'What happens to this file',
    act: ({ panels }) => (panels.isExplained.value = !panels.isExplained.value),
  },
  {
    keys: ['?'],
    names: ['?'],
    label: 'These keys',
    act: ({ panels }) => (panels.areShortcutsShown.value = !panels.areShortcutsShown.value),
  },
];

/** Bars, menus, buttons and fields have keys of their own. */
const OWN_KEYS: readonly (readonly [selector: string, keys: RegExp])[] = [
  ['input, select, textarea, dialog, [role=menu]', /./],
  ['button, a, summary, [role=button]', /^( |Enter)$/],
];

/** Listens to the keyboard until it is aborted. */
export function listenToKeys(target: ShortcutTarget, signal: AbortSignal): void {
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const from = event.target instanceof Element ? event.target : undefined;
      const isOwn = OWN_KEYS.some(([selector, keys]) => keys.test(event.key) && from?.closest(selector));
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const shortcut = SHORTCUTS.find(({ keys }) => keys.includes(key));
      if (isOwn || shortcut === undefined) return;
      event.preventDefault();
      if (from?.localName === 'media-volume-range' && key.startsWith('Arrow')) {
        changeVolume(target, key === 'ArrowUp' || key === 'ArrowRight' ? VOLUME_STEP : -VOLUME_STEP);
      } else shortcut.act(target, key);
    },
    // Before a bar's own idea of what an arrow does.
    { signal, capture: true },
  );
}

/** Goes back or on, and says so. */
export function skip({ session, panels }: ShortcutTarget, seconds: number): void {
  session.seek(session.state.position.value + seconds);
  panels.say(`${seconds < 0 ? '−' : '+'}${Math.abs(seconds)} s`);
}

/** Fills the screen, or leaves it. */
export function toggleFullScreen(store: MediaStore): void {
  const isFull = store.getState().mediaIsFullscreen === true;
  store.dispatch({ type: isFull ? 'mediaexitfullscreenrequest' : 'mediaenterfullscreenrequest' });
}

function togglePictureInPicture({ store }: ShortcutTarget): void {
  const isAside = store.getState().mediaIsPip === true;
  store.dispatch({ type: isAside ? 'mediaexitpiprequest' : 'mediaenterpiprequest' });
}

function toggleMute({ session, store, panels }: ShortcutTarget): void {
  const { muted: wasMuted } = session.video;
  store.dispatch({ type: wasMuted ? 'mediaunmuterequest' : 'mediamuterequest' });
  panels.say(wasMuted ? 'Sound on' : 'Sound off');
}

function changeVolume({ session, store, panels }: ShortcutTarget, step: number): void {
  const volume = Math.min(1, Math.max(0, Math.round((session.video.volume + step) * 100) / 100));
  store.dispatch({ type: 'mediavolumerequest', detail: volume });
  panels.say(`Volume ${Math.round(volume * 100)} %`);
}

function changeSpeed({ session, panels }: ShortcutTarget, steps: -1 | 1): void {
  // The element's own: the state follows it a little later, and keys are pressed in quick succession.
  const { playbackRate: now } = session.video;
  const speed = steps < 0 ? SPEEDS.findLast((each) => each < now) : SPEEDS.find((each) => each > now);
  if (speed === undefined) return;
  session.setSpeed(speed);
  panels.say(`Speed ${speed}×`);
}

/** Those that were shown last come back, or the first ones. */
function toggleSubtitles({ session, panels }: ShortcutTarget): void {
  const { offered, shown } = session.subtitles;
  if (offered.value.length === 0) return;
  session.chooseSubtitles(shown.value === undefined ? session.subtitles.usual : undefined);
  panels.say(shown.value === undefined ? 'Subtitles off' : 'Subtitles on');
}
