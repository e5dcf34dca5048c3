// The files of the library.
import { useEffect, useState } from 'preact/hooks';
import { fetchLibrary, type LibraryListing } from '../shared/api.js';
import { go } from '../shared/place.js';
import { titleOf } from '../shared/words.js';

/** Shows what can be played. */
export function LibraryView() {
  const [listing, setListing] = useState<LibraryListing>();
  useEffect(() => void fetchLibrary().then(setListing), []);
  return (
    <main>
      <ul>
        {listing?.items.map(({ ref, path }) => (
          <li key={ref}>
            <a
              href={`/m/${ref}/play`}
              onClick={(event) => {
                event.preventDefault();
                go(`/m/${ref}/play`);
              }}
            >
              {titleOf(path)}
            </a>
          </li>
        ))}
      </ul>
    </main>
  );
}
