// The way to a folder, and the order of what is in it.
import { go, libraryAddress, type LibraryPlace, type Order } from '../shared/place.js';
import { readable } from '../shared/readable.js';
import { counted } from './card.js';
import { foldersTo, type FolderNode } from './folder-tree.js';

const ORDERS: Readonly<Record<Order, string>> = { name: 'Name', newest: 'Newest', largest: 'Largest' };

/** What stands above a folder's cards. */
export function Crumbs({
  at,
  whole,
  folder,
}: {
  readonly at: LibraryPlace;
  readonly whole: FolderNode;
  readonly folder: FolderNode;
}) {
  const way = foldersTo(whole, folder.path);
  const steps = [
    { name: 'Library', path: '' },
    ...way.map(({ name, path }) => ({ name: readable(name), path })),
  ];
  return (
    <div class="bar">
      <nav aria-label="Folders">
        <ol class="crumbs">
          {steps.map(({ name, path }, index) => (
            <li key={path}>
              {index === steps.length - 1 ? (
                <h1 aria-current="page" dir="auto">
                  {name}
                </h1>
              ) : (
                <CrumbLink name={name} address={libraryAddress({ folder: path, order: at.order })} />
              )}
            </li>
          ))}
        </ol>
      </nav>
      <p class="count" role="status">
        {counted(folder.count)}
      </p>
      <label class="order">
        <span>Sort by</span>
        <select
          aria-label="Sort by"
          value={at.order}
          onChange={(event) =>
            go(libraryAddress({ ...at, order: event.currentTarget.value as Order }), 'replace')
          }
        >
          {Object.entries(ORDERS).map(([order, name]) => (
            <option key={order} value={order}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function CrumbLink({ name, address }: { readonly name: string; readonly address: string }) {
  return (
    <a
      href={address}
      dir="auto"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(address);
      }}
    >
      {name}
    </a>
  );
}
