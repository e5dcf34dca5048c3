// The controls over the picture: media-chrome's for what a media element does, and our own for what an item offers.
import 'media-chrome/dist/media-airplay-button.js';
import 'media-chrome/dist/media-cast-button.js';
import 'media-chrome/dist/media-fullscreen-button.js';
import 'media-chrome/dist/media-mute-button.js';
import 'media-chrome/dist/media-pip-button.js';
import 'media-chrome/dist/media-play-button.js';
import 'media-chrome/dist/media-seek-backward-button.js';
import 'media-chrome/dist/media-seek-forward-button.js';
import 'media-chrome/dist/media-time-range.js';
import 'media-chrome/dist/media-volume-range.js';
import { useSignal } from '@preact/signals';
import { readable } from '../shared/readable.js';
import { clock, titleOf } from '../shared/words.js';
import { Icon, type IconName } from './icon.js';
import { openItem, type Player } from './player.js';
import { PlayerMenus } from './player-menus.js';

/** What stands at the top: the way back, and what is played. */
export function TopBar({
  player,
  back,
}: {
  readonly player: Player;
  readonly back: (() => void) | undefined;
}) {
  return (
    <div slot="top-chrome" class="top-bar">
      {back !== undefined && <Control label="Back to the library" icon="back" act={back} />}
      <span class="top-title">{player.title.value}</span>
    </div>
  );
}

/** Large buttons for fingers, in the middle. */
export function TouchControls() {
  return (
    <div slot="centered-chrome" class="touch-controls">
      <media-seek-backward-button seekoffset="10" notooltip />
      <media-play-button notooltip />
      <media-seek-forward-button seekoffset="10" notooltip />
    </div>
  );
}

/** The bar at the bottom. */
export function ControlBar({ player }: { readonly player: Player }) {
  const { panels, session } = player;
  const { previous, next } = player.neighbours.value;
  return (
    <div class="controls">
      <media-time-range />
      <div class="controls-row">
        <media-play-button class="play" />
        {previous !== undefined && (
          <Control
            kind="neighbour"
            label={`Previous: ${readable(titleOf(previous.path))}`}
            icon="previous"
            act={() => openItem(previous.ref)}
          />
        )}
        {next !== undefined && (
          <Control
            kind="neighbour"
            label={`Next: ${readable(titleOf(next.path))}`}
            icon="next"
            act={() => openItem(next.ref)}
          />
        )}
        <div class="volume">
          <media-mute-button />
          <media-volume-range />
        </div>
        <TimeDisplay player={player} />
        <span class="gap" />
        <PlayerMenus session={session} chapters={player.chapters.value} open={panels.menu} />
        <Control
          label="What happens to this file"
          icon="info"
          isPressed={panels.isExplained.value}
          act={() => (panels.isExplained.value = !panels.isExplained.value)}
        />
        <media-airplay-button />
        <media-cast-button />
        {!session.state.isSoundAlone.value && <media-pip-button />}
        <media-fullscreen-button />
      </div>
    </div>
  );
}

/** Where it is, or what is left, as the viewer likes it. */
function TimeDisplay({ player }: { readonly player: Player }) {
  const isLeftShown = useSignal(false);
  const { position, duration } = player.session.state;
  const time = isLeftShown.value ? `−${clock(duration.value - position.value)}` : clock(position.value);
  return (
    <button type="button" class="time" onClick={() => (isLeftShown.value = !isLeftShown.value)}>
      {time} / {clock(duration.value)}
    </button>
  );
}

interface ControlProps {
  readonly label: string;
  readonly icon: IconName;
  /** A class, for what a small screen has no room for. */
  readonly kind?: 'neighbour';
  /** Of what is switched on and off. */
  readonly isPressed?: boolean;
  readonly act: () => void;
}

function Control({ label, icon, kind, isPressed, act }: ControlProps) {
  return (
    <button
      type="button"
      class={kind === undefined ? 'control' : `control ${kind}`}
      aria-label={label}
      data-tip={label}
      aria-pressed={isPressed}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
