// A row of items that scrolls sideways.
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { LibraryItem } from '../shared/api.js';
import { cardAfter } from './arrow-keys.js';
import { ItemCard } from './card.js';

/** Shows some items under a title. */
export function Shelf({
  title,
  items,
  aside,
}: {
  readonly title: string;
  readonly items: readonly LibraryItem[];
  /** Stands on each card, beside the link. */
  readonly aside?: (item: LibraryItem) => ComponentChildren;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const move = (event: KeyboardEvent): void => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.key.endsWith('Up') ||
      event.key.endsWith('Down')
    )
      return;
    const next = cardAfter(event.key, active, items.length, items.length);
    if (next === undefined) return;
    event.preventDefault();
    list.current?.querySelectorAll<HTMLElement>('a.card')[next]?.focus();
  };
  return (
    <section class="shelf" aria-label={title}>
      <h2>{title}</h2>
      <ul ref={list} role="list" onKeyDown={move}>
        {items.map((item, index) => (
          <li key={item.ref}>
            <ItemCard
              item={item}
              tabIndex={index === Math.min(active, items.length - 1) ? 0 : -1}
              onFocus={() => setActive(index)}
            />
            {aside?.(item)}
          </li>
        ))}
      </ul>
    </section>
  );
}
