/**
 * Inserts a time into a list of the latest ones, in place.
 * @param list - ascending.
 * @param value - what comes.
 * @param most - how many are kept; the least goes.
 */
export function insertLatest(list: number[], value: number, most: number): void {
  let at = list.length;
  list.push(value);
  for (; at > 0 && list[at - 1]! > value; at--) list[at] = list[at - 1]!;
  list[at] = value;
  if (list.length > most) list.shift();
}
