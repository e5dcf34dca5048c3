// Names of files are anybody's text: what would turn the text around it, or hide, is not shown.

/** Marks that set the direction of what follows, and characters that show nothing. */
const UNSEEN = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cc}/gu;

/** A name as it can be shown. */
export function readable(name: string): string {
  return name.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
}
