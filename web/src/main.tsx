// The page: the library, or one item that is played. What playing needs is loaded when something is played.
import '../styles/main.css';
import { render } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { createLibraryParts } from './library/library-context.js';
import { LibraryView } from './library/library-view.js';
import { place } from './shared/place.js';

const PlayerView = lazy(async () => (await import('./player/player-view.js')).PlayerView);

const libraryParts = createLibraryParts();

function Page() {
  const at = place.value;
  if (at.view === 'library') return <LibraryView at={at} parts={libraryParts} />;
  return (
    <Suspense fallback={null}>
      <PlayerView itemRef={at.ref} />
    </Suspense>
  );
}

render(<Page />, document.getElementById('page')!);
