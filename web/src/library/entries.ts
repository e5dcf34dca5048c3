// What a folder shows, in the order that was chosen.
import type { LibraryItem } from '../shared/api.js';
import type { Order } from '../shared/place.js';
import type { FolderNode } from './folder-tree.js';
import type { Entry } from './search-index.js';

/** The folders of a folder, and then its items in an order. */
export function entriesOf(folder: FolderNode, order: Order): readonly Entry[] {
  return [
    ...Array.from(folder.folders.values(), (each): Entry => ({ kind: 'folder', folder: each })),
    ...sorted(folder.items, order).map((item): Entry => ({ kind: 'item', item })),
  ];
}

/** The items that changed last, the latest first. */
export function newestOf(items: readonly LibraryItem[], count: number): readonly LibraryItem[] {
  return sorted(
    items.filter(({ modifiedMs }) => modifiedMs !== undefined),
    'newest',
  ).slice(0, count);
}

/** What tells an entry from all others. */
export function keyOf(entry: Entry): string {
  return entry.kind === 'folder' ? `folder ${entry.folder.path}` : entry.item.ref;
}

function sorted(items: readonly LibraryItem[], order: Order): readonly LibraryItem[] {
  switch (order) {
    case 'name':
      // The server has sorted them as people do.
      return items;
    case 'newest':
      return [...items].sort((a, b) => (b.modifiedMs ?? 0) - (a.modifiedMs ?? 0));
    case 'largest':
      return [...items].sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  }
}
