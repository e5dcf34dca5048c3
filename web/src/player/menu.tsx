// A button that opens a menu, in whose groups one of several things is chosen.
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Choice } from './choices.js';
import { Icon, type IconName } from './icon.js';

/** Things of which one is chosen. */
export interface MenuGroup {
  readonly label: string;
  readonly choices: readonly Choice[];
  /** Id of what is chosen. */
  readonly chosen: string | undefined;
  choose(id: string): void;
}

/** What a menu is made of. */
export interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  readonly groups: readonly MenuGroup[];
  /** Which menu of the player is open, by its label. */
  readonly open: Signal<string | undefined>;
}

/** A menu; it closes by itself when something is chosen, or when the viewer turns to something else. */
export function Menu({ label, icon, groups, open }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const isOpen = open.value === label;
  const hasHeadings = groups.length > 1;

  function close(): void {
    open.value = undefined;
    button.current?.focus();
  }

  // With the menu itself, and not after the next picture of the page: a key that comes at once is for it.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const item =
      list.current?.querySelector<HTMLElement>('[aria-checked="true"]') ?? itemsOf(list.current)[0];
    item?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: 'nearest' });
    document.addEventListener(
      'pointerdown',
      (event) => {
        const path = event.composedPath();
        const isOurs = [button.current, list.current].some((each) => each !== null && path.includes(each));
        if (!isOurs) open.value = undefined;
      },
      { signal, capture: true },
    );
    return () => leaving.abort();
  }, [isOpen, open]);

  function onKeyDown(event: KeyboardEvent): void {
    const items = itemsOf(list.current);
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') open.value = undefined;
    else if (next !== undefined) items.at(next % items.length)?.focus();
    if (event.key !== 'Tab') event.stopPropagation();
    if (next !== undefined || event.key === 'Escape') event.preventDefault();
  }

  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        class="control"
        aria-label={label}
        data-tip={isOpen ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => (open.value = isOpen ? undefined : label)}
      >
        <Icon name={icon} />
      </button>
      {isOpen && (
        <div ref={list} class="menu-list" role="menu" aria-label={label} onKeyDown={onKeyDown}>
          {groups.map((group) => (
            <div key={group.label} role="group" aria-label={group.label}>
              {hasHeadings && (
                <div class="menu-heading" aria-hidden="true">
                  {group.label}
                </div>
              )}
              {group.choices.map(({ id, label: name, detail }) => (
                <button
                  key={id}
                  type="button"
                  class="menu-item"
                  role="menuitemradio"
                  aria-checked={id === group.chosen}
                  tabIndex={-1}
                  onClick={() => {
                    group.choose(id);
                    close();
                  }}
                >
                  <span class="menu-name">{name}</span>
                  {detail !== '' && <span class="menu-detail">{detail}</span>}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
}
