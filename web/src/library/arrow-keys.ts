// Moving between cards by keys: one of them takes part in the order of Tab, and the arrows move on from it.
// See the WAI-ARIA Authoring Practices, "Managing Focus Within Components Using a Roving tabindex".

/**
 * Which card a key leads to.
 * @param key - as the event names it.
 * @param from - the card that has the focus.
 * @param count - how many there are.
 * @param columns - how many stand side by side.
 * @returns undefined when the key leads nowhere.
 */
export function cardAfter(key: string, from: number, count: number, columns: number): number | undefined {
  const last = count - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(from + 1, last);
    case 'ArrowLeft':
      return Math.max(from - 1, 0);
    case 'ArrowDown':
      // From the last row but one to a last row that is shorter.
      return Math.floor(from / columns) === Math.floor(last / columns)
        ? from
        : Math.min(from + columns, last);
    case 'ArrowUp':
      return from < columns ? from : from - columns;
    case 'PageDown':
      return Math.min(from + 3 * columns, last);
    case 'PageUp':
      return Math.max(from - 3 * columns, from % columns);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
