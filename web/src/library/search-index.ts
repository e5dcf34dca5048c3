// Searching the library while somebody types: all words, in any order, with or without their accents.
import type { LibraryItem } from '../shared/api.js';
import { titleOf } from '../shared/words.js';
import { foldersBelow, type FolderNode } from './folder-tree.js';

/** Something that the library shows. */
export type Entry =
  | { readonly kind: 'folder'; readonly folder: FolderNode }
  | { readonly kind: 'item'; readonly item: LibraryItem };

interface Indexed {
  readonly entry: Entry;
  /** Its own name, with a space before each word. */
  readonly title: string;
  /** All of its path below its root. */
  readonly path: string;
}

/** Folders and items by their names. */
export class SearchIndex {
  readonly #all: readonly Indexed[];

  /**
   * @param whole - the folders.
   * @param items - in the library's order.
   */
  constructor(whole: FolderNode, items: readonly LibraryItem[]) {
    this.#all = [
      ...Array.from(foldersBelow(whole), (folder): Indexed => {
        const title = fold(folder.name);
        return { entry: { kind: 'folder', folder }, title, path: title };
      }),
      ...items.map((item): Indexed => ({
        entry: { kind: 'item', item },
        title: fold(titleOf(item.path)),
        // Without the ending, of whose letters most files have some.
        path: fold(item.path.replace(/\.[^./]{1,5}$/, '')),
      })),
    ];
  }

  /** Finds what has all words of a text in its path, the best first. */
  find(text: string): readonly Entry[] {
    const words = fold(text)
      .split(' ')
      .filter((word) => word !== '');
    if (words.length === 0) return [];
    const phrase = ` ${words.join(' ')}`;
    const ranks: Entry[][] = [[], [], [], []];
    for (const { entry, title, path } of this.#all) {
      if (!words.every((word) => path.includes(word))) continue;
      ranks[rankOf(title, words, phrase)]!.push(entry);
    }
    return ranks.flat();
  }
}

/** 0 for what begins so, 1 for all words at the beginnings of words, 2 for all in the title, 3 for the rest. */
function rankOf(title: string, words: readonly string[], phrase: string): number {
  if (title.startsWith(phrase)) return 0;
  if (words.every((word) => title.includes(` ${word}`))) return 1;
  return words.every((word) => title.includes(word)) ? 2 : 3;
}

/** A text as it is compared: small letters without accents, and words with one space before each. */
function fold(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return ` ${plain.replace(/[\s._\-/()[\]]+/g, ' ').trim()}`;
}
