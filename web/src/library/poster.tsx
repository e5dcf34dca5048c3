// The picture of an item; its initials until there is one.
import { useEffect, useRef, useState } from 'preact/hooks';
import { readable } from '../shared/readable.js';
import { titleOf } from '../shared/words.js';
import { useLibrary } from './library-context.js';

/** How wide a card is as a rule, for the browser to choose a picture by. */
const SIZES = '(max-width: 600px) 46vw, 280px';

/** A picture in a box of 16 to 9, whether it is there or not. */
export function Poster({
  itemRef,
  path,
  isThere,
  version,
}: {
  readonly itemRef: string;
  readonly path: string;
  /** Whether the server has one, as far as it is known. */
  readonly isThere: boolean;
  /** Tells one state of the file from another. */
  readonly version: number | undefined;
}) {
  const title = readable(titleOf(path));
  return (
    <span class="poster" data-hue={hueOf(title)}>
      <span class="initials" aria-hidden="true">
        {initialsOf(title)}
      </span>
      {isThere && <Picture key={`${itemRef} ${version}`} itemRef={itemRef} />}
    </span>
  );
}

/** Loads the picture when it is its turn, and lets go of it when it is scrolled away. */
function Picture({ itemRef }: { readonly itemRef: string }) {
  const { posters } = useLibrary();
  const [state, setState] = useState<'waiting' | 'loading' | 'shown' | 'failed'>('waiting');
  const endTurn = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    posters.take(leaving.signal).then(
      (end) => {
        endTurn.current = end;
        if (leaving.signal.aborted) end();
        else setState('loading');
      },
      // It was scrolled away.
      () => undefined,
    );
    return () => {
      leaving.abort();
      endTurn.current?.();
    };
  }, [posters]);
  if (state === 'waiting' || state === 'failed') return null;
  const settle = (next: 'shown' | 'failed') => () => {
    endTurn.current?.();
    setState(next);
  };
  return (
    <img
      class={state}
      src={`/m/${itemRef}/poster.jpg?width=320`}
      srcset={[320, 640].map((width) => `/m/${itemRef}/poster.jpg?width=${width} ${width}w`).join(', ')}
      sizes={SIZES}
      alt=""
      decoding="async"
      onLoad={settle('shown')}
      onError={settle('failed')}
    />
  );
}

/** The first letters of two words, or of one. */
function initialsOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0)!).toUpperCase())
    .join('');
}

/** One of the grounds of the style sheet, always the same for a title. */
function hueOf(title: string): number {
  let sum = 0;
  for (const letter of title) sum = (sum * 31 + letter.codePointAt(0)!) % 6007;
  return sum % 6;
}
