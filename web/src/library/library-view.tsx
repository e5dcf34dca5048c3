// The library: folders, what is in them, and searching all of it.
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { go, keepScroll, libraryAddress, scrolledTo, type LibraryPlace } from '../shared/place.js';
import { readable } from '../shared/readable.js';
import { parseAddress } from './address.js';
import { AddressOffer } from './address-offer.js';
import { CardGrid } from './card-grid.js';
import { ContinueWatching } from './continue-watching.js';
import { Crumbs } from './crumbs.js';
import { useDroppedAddress } from './dropped-address.js';
import { entriesOf, newestOf } from './entries.js';
import { findFolder } from './folder-tree.js';
import { LibraryProvider, useLibrary, type LibraryParts } from './library-context.js';
import { Notice, Skeletons } from './library-states.js';
import { SearchBox } from './search-box.js';
import { Shelf } from './shelf.js';

/** Items of the row of those that are new, where the library is large enough for them to be lost in it. */
const NEW_ITEMS = 12;

/** How long the page stands still before its place is remembered, in milliseconds. */
const STILL_MS = 250;

/** Shows what can be played. */
export function LibraryView({ at, parts }: { readonly at: LibraryPlace; readonly parts: LibraryParts }) {
  const { store } = parts;
  useEffect(() => store.follow(), [store]);
  useKeptScroll(at);
  const isOver = useDroppedAddress((query) => go(libraryAddress({ ...at, query })));
  const name = readable(at.folder.slice(at.folder.lastIndexOf('/') + 1));
  useEffect(() => {
    document.title = at.query === '' ? (name === '' ? 'segmint' : `${name} – segmint`) : 'Search – segmint';
  }, [name, at.query]);
  return (
    <LibraryProvider value={parts}>
      <header class="top">
        <a
          class="brand"
          aria-label="segmint: show the library"
          href="/"
          onClick={(event) => {
            event.preventDefault();
            go('/');
          }}
        >
          <Sign />
          <span>segmint</span>
        </a>
        <SearchBox at={at} takesAddresses={store.listing.remote?.allowed === true} />
      </header>
      <main class="library">
        <Content at={at} />
      </main>
      {store.isLost && store.state.state === 'ready' && (
        <p class="toast" role="status">
          The server does not answer. Trying again…
        </p>
      )}
      {isOver && <div class="drop">Drop an address to play it</div>}
    </LibraryProvider>
  );
}

/** As the icon in the browser's tab. */
function Sign() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect width="16" height="16" rx="4" fill="#1f9d7a" />
      <path d="M6 4.5v7l5.5-3.5z" fill="#fff" />
    </svg>
  );
}

function Content({ at }: { readonly at: LibraryPlace }) {
  const { store } = useLibrary();
  const { state } = store;
  const address = parseAddress(at.query);
  if (state.state === 'loading') return <Skeletons />;
  if (state.state === 'failed') {
    return (
      <Notice title="The library cannot be shown">
        <p role="alert">{state.problem}</p>
        <button type="button" class="button primary" onClick={() => void store.load()}>
          Try again
        </button>
      </Notice>
    );
  }
  if (address !== undefined) return <AddressOffer address={address} remote={state.listing.remote} />;
  return (
    <>
      {at.query.trim() === '' ? <Folder at={at} /> : <Results query={at.query} />}
      {state.listing.isScanning === true && (
        <p class="note" role="status">
          The folders are still being read: there may be more.
        </p>
      )}
      {state.listing.isTruncated && (
        <p class="note">
          There is more than can be listed: the first {state.listing.items.length.toLocaleString()} files are
          shown.
        </p>
      )}
    </>
  );
}

function Folder({ at }: { readonly at: LibraryPlace }) {
  const { store } = useLibrary();
  const { listing } = store;
  const whole = store.tree.value;
  const folder = findFolder(whole, at.folder);
  const entries = useMemo(() => folder && entriesOf(folder, at.order), [folder, at.order]);
  if (listing.items.length === 0) {
    return (
      <Notice title="No media here yet">
        <p>Videos and music appear here as soon as they are in a folder that this server serves.</p>
        {listing.remote?.allowed === true && <p>Or paste the address of a video above.</p>}
      </Notice>
    );
  }
  if (folder === undefined || entries === undefined) {
    return (
      <Notice title="This folder is gone">
        <button type="button" class="button primary" onClick={() => go('/')}>
          Show the library
        </button>
      </Notice>
    );
  }
  const isWhole = folder.path === '';
  return (
    <>
      {isWhole && <ContinueWatching />}
      {isWhole && folder.folders.size > 0 && listing.items.length > NEW_ITEMS && <NewItems />}
      <Crumbs at={at} whole={whole} folder={folder} />
      <CardGrid key={at.folder} entries={entries} label={isWhole ? 'Library' : readable(folder.name)} />
    </>
  );
}

function NewItems() {
  const { items } = useLibrary().store.listing;
  const newest = useMemo(() => newestOf(items, NEW_ITEMS), [items]);
  return newest.length === 0 ? null : <Shelf title="New" items={newest} />;
}

function Results({ query }: { readonly query: string }) {
  const { store } = useLibrary();
  const index = store.index.value;
  const found = useMemo(() => index.find(query), [index, query]);
  useLayoutEffect(() => window.scrollTo(0, scrolledTo.peek()), [query]);
  const count = found.length === 1 ? '1 result' : `${found.length.toLocaleString()} results`;
  return (
    <>
      <div class="bar">
        <h1>Search</h1>
        <p class="count" role="status">
          {count}
        </p>
      </div>
      {found.length === 0 ? (
        <Notice title="Nothing found">
          <p>No file or folder has all of these words in its name.</p>
        </Notice>
      ) : (
        <CardGrid entries={found} label="Results" />
      )}
    </>
  );
}

/** Remembers in the history how far the page is scrolled down, whenever it stands still. */
function useKeptScroll(at: LibraryPlace): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = (): void => {
      clearTimeout(timer);
      timer = setTimeout(keepScroll, STILL_MS);
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    window.addEventListener('pagehide', keepScroll);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('scroll', onScroll);
      window.removeEventListener('pagehide', keepScroll);
    };
  }, [at]);
}
