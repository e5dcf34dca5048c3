// A grid of cards, of which only those in view are there.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { scrolledTo } from '../shared/place.js';
import { cardAfter } from './arrow-keys.js';
import { FolderCard, ItemCard } from './card.js';
import { keyOf } from './entries.js';
import { heightOf, layOut, placeOf, visibleRange, type GridLayout } from './grid-layout.js';
import { useLibrary } from './library-context.js';
import type { Entry } from './search-index.js';

interface View {
  readonly layout: GridLayout;
  readonly first: number;
  readonly end: number;
}

/** Shows entries, however many; the page scrolls, and not the grid. */
export function CardGrid({ entries, label }: { readonly entries: readonly Entry[]; readonly label: string }) {
  const { chosen } = useLibrary();
  const list = useRef<HTMLUListElement>(null);
  const wantsFocus = useRef(false);
  const [view, setView] = useState<View>();
  const [active, setActive] = useState(() => indexOfChosen(entries, chosen.key));

  useLayoutEffect(() => {
    const look = (): void => {
      const { top, width } = list.current!.getBoundingClientRect();
      const layout = layOut(width, parseFloat(getComputedStyle(document.documentElement).fontSize));
      const [first, end] = visibleRange(layout, entries.length, -top, window.innerHeight);
      setView((before) => (isSame(before, { layout, first, end }) ? before : { layout, first, end }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(list.current!);
    // What stands above may grow, which moves the grid.
    observer.observe(document.body);
    window.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      window.removeEventListener('scroll', look);
    };
  }, [entries]);

  // Where others came or went before it, what was chosen stays so.
  useEffect(() => setActive(indexOfChosen(entries, chosen.key)), [entries, chosen]);

  const isLaidOut = view !== undefined;
  useLayoutEffect(() => {
    if (!isLaidOut) return;
    window.scrollTo(0, scrolledTo.peek());
    if (active > 0 && document.activeElement === document.body) wantsFocus.current = true;
    // Once, as soon as the page is as high as it was.
  }, [isLaidOut]);

  useEffect(() => {
    if (!wantsFocus.current) return;
    // The one that was meant, wherever it stands by now.
    const index = indexOfChosen(entries, chosen.key);
    const card = list.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
    if (!card) return;
    wantsFocus.current = false;
    card.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent): void => {
    if (view === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = cardAfter(event.key, active, entries.length, view.layout.columns);
    if (next === undefined) return;
    event.preventDefault();
    wantsFocus.current = true;
    // At once: should the entries change before it has the focus, it would be forgotten.
    chosen.key = keyOf(entries[next]!);
    setActive(next);
    reveal(list.current!, view.layout, next);
  };

  return (
    <ul
      ref={list}
      class="grid"
      role="list"
      aria-label={label}
      style={{ height: view && `${heightOf(view.layout, entries.length)}px` }}
      onKeyDown={move}
    >
      {view &&
        shownIndexes(view, Math.min(active, entries.length - 1), entries.length).map((index) => {
          const entry = entries[index]!;
          const { left, top } = placeOf(view.layout, index);
          const focus = {
            tabIndex: index === Math.min(active, entries.length - 1) ? (0 as const) : (-1 as const),
            onFocus: () => {
              setActive(index);
              chosen.key = keyOf(entry);
            },
          };
          return (
            <li
              key={keyOf(entry)}
              data-index={index}
              aria-setsize={entries.length}
              aria-posinset={index + 1}
              style={{ left: `${left}px`, top: `${top}px`, width: `${view.layout.cardWidth}px` }}
            >
              {entry.kind === 'folder' ? (
                <FolderCard folder={entry.folder} {...focus} />
              ) : (
                <ItemCard item={entry.item} {...focus} />
              )}
            </li>
          );
        })}
    </ul>
  );
}

/** Those in view, and the one that takes part in the order of Tab, wherever it is. */
function shownIndexes(view: View, active: number, count: number): readonly number[] {
  // The view is that of before, until the new cards have been laid out.
  const [first, end] = [Math.min(view.first, count), Math.min(view.end, count)];
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
  if (active >= 0 && active < first) return [active, ...indexes];
  return active >= end ? [...indexes, active] : indexes;
}

function indexOfChosen(entries: readonly Entry[], key: string | undefined): number {
  return key === undefined
    ? 0
    : Math.max(
        0,
        entries.findIndex((entry) => keyOf(entry) === key),
      );
}

/** Scrolls the page so far that a card is in view, below what sticks to its top. */
function reveal(list: HTMLElement, layout: GridLayout, index: number): void {
  const header = document.querySelector('.top')?.getBoundingClientRect().height ?? 0;
  const top = list.getBoundingClientRect().top + placeOf(layout, index).top;
  const above = top - header - layout.gap;
  const below = top + layout.rowHeight - window.innerHeight;
  if (above < 0) window.scrollBy(0, above);
  else if (below > 0) window.scrollBy(0, below);
}

function isSame(a: View | undefined, b: View): boolean {
  const [x, y] = [a?.layout, b.layout];
  return a?.first === b.first && a.end === b.end && x?.cardWidth === y.cardWidth && x.columns === y.columns;
}
