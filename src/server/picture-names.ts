import { extname } from 'node:path';

const EXTENSIONS: ReadonlySet<string> = new Set(['.jpg', '.jpeg', '.png']);

/** What the picture of a folder is called, the fittest first. */
const OF_FOLDERS: readonly string[] = ['poster', 'folder', 'cover'];

/** What stands behind the name of a film in that of its picture, the fittest first. */
const OF_FILES: readonly string[] = ['-poster', '', '-cover', '-thumb'];

/** Whether a file is a picture that may be made smaller, by the ending of its name. */
export function isPicture(name: string): boolean {
  return EXTENSIONS.has(extname(name).toLowerCase());
}

/** Whether a file is the picture of the folder that it lies in, by its name. */
export function isFolderPicture(name: string): boolean {
  return isPicture(name) && OF_FOLDERS.includes(stemOf(name));
}

/**
 * Chooses the picture of a folder: `poster.jpg`, `folder.jpg` or `cover.jpg`, or one of these as PNG.
 * @param names - of the files in it.
 */
export function chooseFolderPicture(names: Iterable<string>): string | undefined {
  return choose(names, OF_FOLDERS);
}

/**
 * Chooses the picture of a file: of `film.mkv` it is `film-poster.jpg`, `film.jpg`, `film-cover.jpg` or `film-thumb.jpg`, or one
 * of these as PNG.
 * @param name - of the file.
 * @param names - of the files that lie in its folder.
 */
export function chooseFilePicture(name: string, names: Iterable<string>): string | undefined {
  const stem = stemOf(name);
  return choose(
    names,
    OF_FILES.map((end) => stem + end),
  );
}

function choose(names: Iterable<string>, stems: readonly string[]): string | undefined {
  let best: string | undefined;
  let rank = stems.length;
  for (const name of names) {
    const at = isPicture(name) ? stems.indexOf(stemOf(name)) : -1;
    // Of two that are as fit, that which comes first by its name, whatever the order of the folder.
    const isFitter = at < rank || (at === rank && best !== undefined && name < best);
    if (at >= 0 && isFitter) [best, rank] = [name, at];
  }
  return best;
}

/** A name without its ending, as names are compared: upper case and forms of Unicode do not count. */
function stemOf(name: string): string {
  return name
    .slice(0, name.length - extname(name).length)
    .normalize()
    .toLowerCase();
}
