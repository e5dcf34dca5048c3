// What comes before and after an item: the files of its folder, in the library's order.
import { fetchLibrary, type LibraryItem } from '../shared/api.js';
import { isSigned } from '../shared/place.js';

/** What comes before and after. */
export interface Neighbours {
  /** The item itself. */
  readonly here?: LibraryItem;
  readonly previous?: LibraryItem;
  readonly next?: LibraryItem;
}

/**
 * Finds what comes before and after an item.
 * @returns nothing where there is no library: the page was opened by a signed link, or the item is elsewhere.
 */
export async function findNeighbours(ref: string): Promise<Neighbours> {
  if (isSigned) return {};
  const { items } = await fetchLibrary();
  const item = items.find((each) => each.ref === ref);
  if (item?.size === undefined) return { ...(item && { here: item }) };
  const folder = items.filter(
    ({ root, path }) => root === item.root && folderOf(path) === folderOf(item.path),
  );
  const at = folder.indexOf(item);
  const [previous, next] = [folder[at - 1], folder[at + 1]];
  return { here: item, ...(previous && { previous }), ...(next && { next }) };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
