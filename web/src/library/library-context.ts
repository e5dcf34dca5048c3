// What all parts of the library's view work with.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Turns } from '../shared/turns.js';
import { DetailsStore } from './details-store.js';
import { LibraryStore } from './library-store.js';

/** What is known of the library and its items, for as long as the page is open. */
export interface LibraryParts {
  readonly store: LibraryStore;
  readonly details: DetailsStore;
  /** For loading posters: some connections stay free for what is clicked. */
  readonly posters: Turns;
  /** What was chosen last, for finding the way back to it. */
  readonly chosen: { key: string | undefined };
}

/** Makes the parts; nothing is asked for yet. */
export function createLibraryParts(): LibraryParts {
  return {
    store: new LibraryStore(),
    details: new DetailsStore(),
    posters: new Turns(3),
    chosen: { key: undefined },
  };
}

const Parts = createContext<LibraryParts | undefined>(undefined);

/** Gives the parts to what is below. */
export const LibraryProvider = Parts.Provider;

/** The parts that stand above. */
export function useLibrary(): LibraryParts {
  return useContext(Parts)!;
}
