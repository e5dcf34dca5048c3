import type { MediaSubject } from '../delivery/media-shelf.js';
import type { SourceShelf } from '../delivery/source-shelf.js';
import { identifyFile, openFile } from '../io/file.js';
import { listFilesBeside } from '../io/files-beside.js';
import type { ReadOptions, Source } from '../media/source.js';

/**
 * A file, as something to be opened.
 * @param realPath - absolute, without symbolic links.
 * @param name - for people.
 * @param within - the root that it was found in, which it must still lie in when it is opened.
 * @param identity - what it was when it was found, a moment ago; absent where nobody has looked.
 */
export function subjectOfFile(
  realPath: string,
  name: string,
  within: string,
  identity?: string,
): MediaSubject {
  return {
    name: realPath,
    identityWhenFound: identity,
    identify: () => identifyFile(realPath),
    listBeside: () => listFilesBeside(realPath, within),
    open: async (signal) => await openFile(realPath, { name, within, ...(signal && { signal }) }),
  };
}

/**
 * Something remote, which stays open between requests.
 * @param shelf - keeps it.
 * @param key - names it among all that the shelf keeps.
 * @param open - opens it.
 */
export function subjectOnShelf(
  shelf: SourceShelf,
  key: string,
  open: (options: ReadOptions) => Promise<Source>,
): MediaSubject {
  const subject: MediaSubject = { name: key, open: (signal) => open({ signal }) };
  return { name: key, open: (signal) => shelf.borrow(subject, signal) };
}
