// Searching, and the place where an address is put that is to be played.
import { useEffect, useRef } from 'preact/hooks';
import { go, libraryAddress, type LibraryPlace } from '../shared/place.js';

/** The field at the top; what is typed stands in the page's address at once. */
export function SearchBox({
  at,
  takesAddresses,
}: {
  readonly at: LibraryPlace;
  readonly takesAddresses: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  const search = (query: string): void => {
    if (query === at.query) return;
    // One entry in the history for a search, and none for each letter.
    go(libraryAddress({ ...at, query }), at.query === '' ? 'push' : 'replace');
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'Escape' && at.query !== '') search('');
      if (event.key !== '/') return;
      event.preventDefault();
      input.current?.select();
    };
    const onPaste = (event: ClipboardEvent): void => {
      const text = event.clipboardData?.getData('text/plain').trim() ?? '';
      if (isTyping(event.target) || text === '') return;
      event.preventDefault();
      search(text);
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('paste', onPaste);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('paste', onPaste);
    };
  });
  return (
    <search class="search">
      <input
        ref={input}
        type="search"
        aria-label="Search the library"
        placeholder={takesAddresses ? 'Search, or paste an address' : 'Search'}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        value={at.query}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            if (at.query === '') event.currentTarget.blur();
            search('');
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            document.querySelector<HTMLElement>('main .primary, main .grid a[tabindex="0"]')?.focus();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea');
}
