// The page: the library, or one item that is played. What playing needs is loaded when something is played.
import '../styles/main.css';
import { render } from 'preact';
import { lazy, Suspense } from 'preact/compat';
import { LibraryView } from './library/library-view.js';
import { place } from './shared/place.js';

const PlayerView = lazy(async () => (await import('./player/player-view.js')).PlayerView);

function Page() {
  const at = place.value;
  if (at.view === 'library') return <LibraryView />;
  return (
    <Suspense fallback={null}>
      <PlayerView key={at.ref} itemRef={at.ref} />
    </Suspense>
  );
}

render(<Page />, document.getElementById('page')!);
