// Where this page stands: the library at `/`, or one item at `/m/<ref>/play`, below `/s/<signature>` when it was opened by
// a signed link. What belongs to an item is asked for below the same signature, which opens nothing else.

const ITEM = /^((?:\/s\/[\w.-]+)?)\/m\/([\w-]+)\/play$/;
const [, signed = '', only] = ITEM.exec(location.pathname) ?? [];

/** The reference of the one item that this page plays; undefined where it shows the library. */
export const onlyRef = only;

/** The address of something that belongs to an item. */
export function addressOf(ref, file) {
  return `${signed}/m/${ref}/${file}`;
}
