// The folders of the library, which follow from the paths of its items.
import type { LibraryItem, LibraryListing } from '../shared/api.js';

/** A folder, or the whole library. */
export interface FolderNode {
  /** Its root's name and the folders below, with `/` between them; empty for the whole. */
  readonly path: string;
  readonly name: string;
  /** By their names, in the library's order. */
  readonly folders: ReadonlyMap<string, FolderNode>;
  /** Those right in it. */
  readonly items: readonly LibraryItem[];
  /** How many items there are in it and below. */
  readonly count: number;
  /** The first few of them, of which one may lend it its picture. */
  readonly first: readonly LibraryItem[];
  /** Names its own picture, where it has one. */
  readonly picture: string | undefined;
}

/** Films without a picture come seldom one after another. */
const MOST_FIRST = 4;

interface GrowingNode extends FolderNode {
  readonly folders: Map<string, GrowingNode>;
  readonly items: LibraryItem[];
  count: number;
  readonly first: LibraryItem[];
  readonly picture: string | undefined;
}

/**
 * Sorts items into folders: first the roots, but for one that is the only one, whose folders are then the first.
 * @param listing - in the library's order.
 */
export function buildTree({
  items,
  folders: pictured,
}: Pick<LibraryListing, 'items' | 'folders'>): FolderNode {
  const pictures = new Map(
    pictured.map(({ root, path, picture }) => [path === '' ? root : `${root}/${path}`, picture]),
  );
  const newNode = (path: string, name: string): GrowingNode => {
    return { path, name, folders: new Map(), items: [], count: 0, first: [], picture: pictures.get(path) };
  };
  const whole = newNode('', '');
  for (const item of items) {
    const parts = item.path.split('/');
    // A root that is a file, or elsewhere, is an item of the whole.
    const isRoot = parts.length === 1 && item.path === item.root;
    const folders = isRoot ? [] : [item.root, ...parts.slice(0, -1)];
    let node = count(whole, item);
    for (const name of folders) {
      const below = node.folders.get(name) ?? newNode(node === whole ? name : `${node.path}/${name}`, name);
      node.folders.set(name, below);
      node = count(below, item);
    }
    node.items.push(item);
  }
  const [only] = whole.folders.values();
  if (only === undefined || whole.folders.size > 1 || whole.items.length > 0) return whole;
  return { ...only, path: '', name: '' };
}

/**
 * Finds a folder.
 * @param whole - the library.
 * @param path - of the folder.
 * @returns undefined when there is none, or no longer.
 */
export function findFolder(whole: FolderNode, path: string): FolderNode | undefined {
  // The only root is the whole, and may have been one of several when somebody kept its address.
  if (path === '' || path === whole.first[0]?.root) return foldersTo(whole, path).at(-1) ?? whole;
  return foldersTo(whole, path).at(-1);
}

/** The folders on the way to a folder, itself included, without the whole; none when it does not exist. */
export function foldersTo(whole: FolderNode, path: string): readonly FolderNode[] {
  const way: FolderNode[] = [];
  let node = whole;
  while (path !== '' && node.path !== path) {
    const next: FolderNode | undefined = [...node.folders.values()].find(
      (folder) => folder.path === path || path.startsWith(`${folder.path}/`),
    );
    if (next === undefined) return [];
    way.push(next);
    node = next;
  }
  return way;
}

/** All folders below a folder. */
export function* foldersBelow(node: FolderNode): Generator<FolderNode, void, undefined> {
  for (const folder of node.folders.values()) {
    yield folder;
    yield* foldersBelow(folder);
  }
}

function count(node: GrowingNode, item: LibraryItem): GrowingNode {
  node.count++;
  if (node.first.length < MOST_FIRST) node.first.push(item);
  return node;
}
