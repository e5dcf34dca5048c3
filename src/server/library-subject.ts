import type { MediaSubject } from '../delivery/media-shelf.js';
import { openFile } from '../io/file.js';
import type { LibraryFile } from './library.js';

/** A file of the library, as something to be opened. */
export function subjectOf(file: LibraryFile): MediaSubject {
  return {
    name: file.realPath,
    open: async (signal) => await openFile(file.realPath, { name: file.name, ...(signal && { signal }) }),
  };
}
