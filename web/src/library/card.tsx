// One file or folder, to be chosen.
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { folderPictureAddress, posterAddress, type ItemDetails, type LibraryItem } from '../shared/api.js';
import { go, libraryAddress } from '../shared/place.js';
import { readable } from '../shared/readable.js';
import { readResume } from '../shared/resume.js';
import { clock, titleOf } from '../shared/words.js';
import { allFactsOf, factsOf } from './facts.js';
import type { FolderNode } from './folder-tree.js';
import { useLibrary } from './library-context.js';
import { Poster, type SizedPicture } from './poster.js';

/** What a card needs to be one of several between which the arrow keys move. */
export interface CardProps {
  readonly tabIndex: 0 | -1;
  readonly onFocus: () => void;
}

/** A file. */
export function ItemCard({ item, ...focus }: CardProps & { readonly item: LibraryItem }) {
  const details = useDetails(item);
  const title = readable(titleOf(item.path));
  const resume = useMemo(() => readResume(item.ref), [item.ref]);
  const duration = details?.durationMs === undefined ? undefined : clock(details.durationMs / 1000);
  return (
    <CardLink {...focus} href={`/m/${item.ref}/play`} tip={`${title}\n${allFactsOf(item, details)}`}>
      <span class="picture">
        <Poster path={item.path} picture={details?.hasPoster === true ? posterOf(item) : undefined} />
        {details?.problem !== undefined && <span class="badge bad">Cannot be read</span>}
        {duration !== undefined && <span class="badge">{duration}</span>}
        {resume && <Progress part={resume.position / resume.duration} />}
      </span>
      <Title text={title} />
      <span class="facts">{factsOf(item, details)}</span>
    </CardLink>
  );
}

/** A folder, with its own picture, or that of one of the first files in it. */
export function FolderCard({ folder, ...focus }: CardProps & { readonly folder: FolderNode }) {
  const name = readable(folder.name);
  return (
    <CardLink {...focus} href={libraryAddress({ folder: folder.path })} tip={name} className="folder">
      <span class="picture">
        <FolderPoster folder={folder} />
        <FolderSign />
      </span>
      <Title text={name} />
      <span class="facts">{counted(folder.count)}</span>
    </CardLink>
  );
}

function FolderPoster({ folder: { name, picture, first } }: { readonly folder: FolderNode }) {
  const [isMissing, setMissing] = useState(false);
  if (picture === undefined || isMissing) return <BorrowedPoster name={name} items={first} />;
  const own: SizedPicture = {
    key: picture,
    addressOf: (width) => folderPictureAddress(picture, width),
    onMissing: () => setMissing(true),
  };
  return <Poster path={name} picture={own} />;
}

/** The picture of the first of some items that has one. */
function BorrowedPoster({ name, items }: { readonly name: string; readonly items: readonly LibraryItem[] }) {
  const [tried, setTried] = useState(0);
  const item = items[Math.min(tried, items.length - 1)]!;
  const details = useDetails(item);
  const hasNone = details !== undefined && details.hasPoster !== true;
  const goOn = (): void => setTried(tried + 1);
  useEffect(() => {
    if (hasNone && tried < items.length - 1) goOn();
  }, [hasNone, tried, items]);
  const picture = details?.hasPoster === true ? { ...posterOf(item), onMissing: goOn } : undefined;
  return <Poster path={name} picture={picture} />;
}

function posterOf({ ref, modifiedMs }: LibraryItem): SizedPicture {
  return { key: `${ref} ${modifiedMs}`, addressOf: (width) => posterAddress(ref, width) };
}

/** Names of files are broken where their makers would: after the signs that they put between words. */
function Title({ text }: { readonly text: string }) {
  return (
    <span class="title" dir="auto">
      {text.split(/(?<=[_.])(?=[^_.])/u).flatMap((part, index) => (index === 0 ? [part] : [<wbr />, part]))}
    </span>
  );
}

/** How many items, in words. */
export function counted(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? 'item' : 'items'}`;
}

function CardLink({
  href,
  tip,
  className = '',
  children,
  ...focus
}: CardProps & {
  readonly href: string;
  readonly tip: string;
  readonly className?: string;
  readonly children: JSX.Element[];
}) {
  return (
    <a
      {...focus}
      class={`card ${className}`}
      href={href}
      title={tip}
      onClick={(event) => {
        // With a key held the browser opens it elsewhere.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(href);
      }}
    >
      {children}
    </a>
  );
}

/** How much of it was seen. */
function Progress({ part }: { readonly part: number }) {
  return (
    <span class="progress">
      <span style={{ width: `${Math.round(Math.min(1, part) * 100)}%` }} />
      <span class="unseen">, begun</span>
    </span>
  );
}

function FolderSign() {
  return (
    <svg class="folder-sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M3 6.5A1.5 1.5 0 0 1 4.5 5h4.2l2 2.2h8.8A1.5 1.5 0 0 1 21 8.7v8.8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5z" />
    </svg>
  );
}

/** What is known of an item; asked for while its card is there. */
function useDetails(item: LibraryItem): ItemDetails | undefined {
  const { details } = useLibrary();
  useEffect(() => details.want(item), [details, item]);
  return details.of(item).value;
}
