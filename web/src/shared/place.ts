// Where the page stands: the library at `/`, or one item at `/m/<ref>/play`, below `/s/<signature>` when it was opened by
// a signed link, which opens nothing else.
import { signal } from '@preact/signals';

/** What the page shows. */
export type Place =
  | LibraryPlace
  /** `signed` is what stands before each address of the item: empty, or `/s/<signature>`. */
  | { readonly view: 'player'; readonly ref: string; readonly signed: string };

/** What the library shows; all of it stands in the address. */
export interface LibraryPlace {
  readonly view: 'library';
  /** The root's name and the folders below, with `/` between them; empty for all of it. */
  readonly folder: string;
  /** What is searched for; empty for nothing. */
  readonly query: string;
  readonly order: Order;
}

/** The order of items in a folder. */
export type Order = 'name' | 'newest' | 'largest';

const ORDERS: readonly Order[] = ['name', 'newest', 'largest'];
const ITEM = /^((?:\/s\/[\w.-]+)?)\/m\/([\w-]+)\/play$/;

function parsePlace({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Place {
  const [, signed, ref] = ITEM.exec(pathname) ?? [];
  if (ref !== undefined && signed !== undefined) return { view: 'player', ref, signed };
  const query = new URLSearchParams(search);
  const order = ORDERS.find((each) => each === query.get('sort')) ?? 'name';
  return { view: 'library', folder: query.get('folder') ?? '', query: query.get('q') ?? '', order };
}

/** Where the page stands now; follows the browser's history. */
export const place = signal(parsePlace(location));

/** Whether the page was opened by a signed link, and so has no library to go back to. */
export const isSigned = place.value.view === 'player' && place.value.signed !== '';

/** How far down the page was, in pixels, when it was left for where it comes back to now. */
export const scrolledTo = signal(keptScroll());

// The page is filled only after the browser would have scrolled it.
history.scrollRestoration = 'manual';
window.addEventListener('popstate', () => {
  scrolledTo.value = keptScroll();
  place.value = parsePlace(location);
});

/** The address of something that belongs to an item, such as `info.json`. */
export function addressOf(ref: string, file: string): string {
  const signed = place.value.view === 'player' ? place.value.signed : '';
  return `${signed}/m/${ref}/${file}`;
}

/** The address of a place in the library; the order and the search are left out where they are the usual ones. */
export function libraryAddress({ folder = '', query = '', order = 'name' }: Partial<LibraryPlace>): string {
  const parameters = new URLSearchParams();
  if (folder !== '') parameters.set('folder', folder);
  if (query !== '') parameters.set('q', query);
  if (order !== 'name') parameters.set('sort', order);
  return parameters.size === 0 ? '/' : `/?${parameters.toString()}`;
}

/**
 * Goes to another address of this page.
 * @param path - the address.
 * @param how - `replace`: without an entry in the history.
 */
export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') {
    keepScroll();
    history.pushState({ from: place.value.view }, '', path);
  } else history.replaceState({ from: cameFrom() }, '', path);
  scrolledTo.value = 0;
  place.value = parsePlace(new URL(path, location.href));
}

/** Goes back to the library as it was left, if the page was in it before. */
export function goBackToLibrary(): void {
  if (cameFrom() === 'library') history.back();
  else go('/');
}

/** What the page showed in the entry of the history before this one, where that is known. */
function cameFrom(): Place['view'] | undefined {
  return ((history.state ?? {}) as { from?: Place['view'] }).from;
}

/** Remembers in the history how far down the page is. */
export function keepScroll(): void {
  history.replaceState({ from: cameFrom(), scroll: window.scrollY }, '');
}

function keptScroll(): number {
  const { scroll } = (history.state ?? {}) as { scroll?: number };
  return scroll ?? 0;
}
