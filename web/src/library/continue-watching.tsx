// What was begun, the latest first.
import { useMemo, useState } from 'preact/hooks';
import { readable } from '../shared/readable.js';
import { forgetResume, listResumes } from '../shared/resume.js';
import { titleOf } from '../shared/words.js';
import { useLibrary } from './library-context.js';
import { Shelf } from './shelf.js';

/** More would be a list of what was given up. */
const MOST_SHOWN = 12;

/** Shows what was begun and is still in the library; nothing, when there is none. */
export function ContinueWatching() {
  const { store } = useLibrary();
  const [round, setRound] = useState(0);
  const byRef = store.byRef.value;
  const items = useMemo(
    () =>
      listResumes()
        .flatMap(({ ref }) => byRef.get(ref) ?? [])
        .slice(0, MOST_SHOWN),
    [byRef, round],
  );
  if (items.length === 0) return null;
  return (
    <Shelf
      title="Continue watching"
      items={items}
      aside={({ ref, path }) => (
        <button
          type="button"
          class="forget"
          aria-label={`Forget where you stopped in ${readable(titleOf(path))}`}
          title="Forget where you stopped"
          onClick={() => {
            forgetResume(ref);
            setRound(round + 1);
          }}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M6 6l12 12M18 6 6 18" />
          </svg>
        </button>
      )}
    />
  );
}
