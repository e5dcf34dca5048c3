// The list of keys.
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import type { PlayerPanels } from './player-panels.js';
import { SHORTCUTS } from './shortcuts.js';

/** Shows what keys do, over everything. */
export function ShortcutList({ panels }: { readonly panels: PlayerPanels }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = panels.areShortcutsShown.value;
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isShown]);
  const close = (): void => {
    panels.areShortcutsShown.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="keys"
      aria-labelledby="keys-title"
      onClose={close}
      onKeyDown={(event) => event.key === '?' && close()}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <header>
        <h2 id="keys-title">Keys</h2>
        <button type="button" class="control" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <dl>
        {SHORTCUTS.map(({ label, names }) => (
          <div key={label}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
