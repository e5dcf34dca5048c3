// One item: its screen, its title, and what is told of it.
import { lazy, Suspense } from 'preact/compat';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { goBackToLibrary, isSigned } from '../shared/place.js';
import { bytes, clock } from '../shared/words.js';
import type { ItemInfo } from '../shared/api.js';
import { sizeOf } from './choices.js';
import { Icon } from './icon.js';
import type { PlayerPanels } from './player-panels.js';
import { Player } from './player.js';
import { Screen } from './screen.js';

const ExplainPanel = lazy(async () => (await import('./explain/explain-panel.js')).ExplainPanel);

/** Plays items, one after another, on the same screen. */
export function PlayerView({ itemRef }: { readonly itemRef: string }) {
  const player = useMemo(() => new Player(), []);
  useLayoutEffect(() => () => player.dispose(), [player]);
  useEffect(() => player.open(itemRef), [player, itemRef]);
  const { panels, session } = player;
  const { info, way } = session.state;
  const isExplained = panels.isExplained.value;
  const reason = way.value?.refusal?.message ?? '';
  return (
    <main class="player" data-explained={isExplained}>
      <Screen player={player} back={isSigned ? undefined : goBackToLibrary} />
      <section class="about" aria-label="About">
        <h1>{player.title.value || ' '}</h1>
        <p class="facts">{info.value === undefined ? ' ' : factsOf(info.value)}</p>
        <p class="mode" role="status">
          {reason !== '' && `Played as one continuous stream. ${reason}`}
        </p>
      </section>
      {isExplained && (
        <aside
          class="explained"
          aria-label="What happens to this file"
          onKeyDown={({ key }) => key === 'Escape' && closeExplained(panels)}
        >
          <header>
            <h2>What happens to this file</h2>
            <button type="button" class="control" aria-label="Close" onClick={() => closeExplained(panels)}>
              <Icon name="close" />
            </button>
          </header>
          <Suspense fallback={null}>
            <ExplainPanel session={session} />
          </Suspense>
        </aside>
      )}
    </main>
  );
}

/** Goes back to the button by which it was opened. */
function closeExplained(panels: PlayerPanels): void {
  panels.isExplained.value = false;
  document.querySelector<HTMLElement>('.controls [aria-pressed]')?.focus();
}

function factsOf({ tracks, container, durationMs, size }: ItemInfo): string {
  const video = tracks.find(({ type, action }) => type === 'video' && action !== 'drop');
  return [
    durationMs === undefined ? '' : clock(durationMs / 1000),
    video === undefined ? '' : sizeOf(video),
    container,
    size === undefined ? '' : bytes(size),
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}
