// Where the page stands: the library at `/`, or one item at `/m/<ref>/play`, below `/s/<signature>` when it was opened by
// a signed link, which opens nothing else.
import { signal } from '@preact/signals';

/** What the page shows. */
export type Place =
  | { readonly view: 'library' }
  /** `signed` is what stands before each address of the item: empty, or `/s/<signature>`. */
  | { readonly view: 'player'; readonly ref: string; readonly signed: string };

const ITEM = /^((?:\/s\/[\w.-]+)?)\/m\/([\w-]+)\/play$/;

function parsePlace(path: string): Place {
  const [, signed, ref] = ITEM.exec(path) ?? [];
  return ref === undefined || signed === undefined ? { view: 'library' } : { view: 'player', ref, signed };
}

/** Where the page stands now; follows the browser's history. */
export const place = signal(parsePlace(location.pathname));

/** Whether the page was opened by a signed link, and so has no library to go back to. */
export const isSigned = place.value.view === 'player' && place.value.signed !== '';

window.addEventListener('popstate', () => (place.value = parsePlace(location.pathname)));

/** The address of something that belongs to an item, such as `info.json`. */
export function addressOf(ref: string, file: string): string {
  const signed = place.value.view === 'player' ? place.value.signed : '';
  return `${signed}/m/${ref}/${file}`;
}

/** Goes to another address of this page, with an entry in the history. */
export function go(path: string): void {
  history.pushState(undefined, '', path);
  place.value = parsePlace(path);
}
