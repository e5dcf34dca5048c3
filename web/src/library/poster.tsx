// The picture of an item or a folder; its initials until there is one.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PosterWidth } from '../shared/api.js';
import { readable } from '../shared/readable.js';
import { titleOf } from '../shared/words.js';
import { useLibrary } from './library-context.js';

/** How wide a card is as a rule, for the browser to choose a picture by. */
const SIZES = '(max-width: 600px) 46vw, 280px';

/** Pictures less wide than this, over their height, would lose too much of themselves in a card. */
const NARROW = 1.2;

/** A picture that the server has in several widths. */
export interface SizedPicture {
  /** Tells it from all others, and one state of it from another. */
  readonly key: string;
  readonly addressOf: (width: PosterWidth) => string;
  /** Called when there is none, after all. */
  readonly onMissing?: () => void;
}

/** A picture in a box of 16 to 9, whether it is there or not. */
export function Poster({
  path,
  picture,
}: {
  readonly path: string;
  /** Undefined where the server has none, as far as it is known. */
  readonly picture: SizedPicture | undefined;
}) {
  const title = readable(titleOf(path));
  return (
    <span class="poster" data-hue={hueOf(title)}>
      <span class="initials" aria-hidden="true">
        {initialsOf(title)}
      </span>
      {picture && <Picture key={picture.key} picture={picture} />}
    </span>
  );
}

/** Loads the picture when it is its turn, and lets go of it when it is scrolled away. */
function Picture({ picture: { addressOf, onMissing } }: { readonly picture: SizedPicture }) {
  const { posters } = useLibrary();
  const [state, setState] = useState<'waiting' | 'loading' | 'shown' | 'failed'>('waiting');
  const [isWhole, setWhole] = useState(false);
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
    if (next === 'failed') onMissing?.();
  };
  return (
    <img
      class={isWhole ? `${state} whole` : state}
      src={addressOf(320)}
      srcset={([320, 640] as const).map((width) => `${addressOf(width)} ${width}w`).join(', ')}
      sizes={SIZES}
      alt=""
      decoding="async"
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        setWhole(naturalWidth < naturalHeight * NARROW);
        settle('shown')();
      }}
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
