/**
 * A queue before something scarce, fair between viewers: each has a line of its own, first come, first served, and the
 * lines take turns. However long one line is, the first of another is served after at most one of each line before it.
 */
export class FairQueue<T> {
  /** In the order of their turns; a viewer who was served goes behind all others. */
  readonly #lines = new Map<string, Set<T>>();
  /** In whose lines an item stands: one that several wait for is served when the first of them has its turn. */
  readonly #viewers = new Map<T, Set<string>>();

  /** How many items wait. */
  get size(): number {
    return this.#viewers.size;
  }

  /** How many items wait in a viewer's line. */
  lengthOf(viewer: string): number {
    return this.#lines.get(viewer)?.size ?? 0;
  }

  /** Whether an item waits. */
  has(item: T): boolean {
    return this.#viewers.has(item);
  }

  /** Puts an item at the end of a viewer's line, beside any other line that it stands in. */
  add(viewer: string, item: T): void {
    collect(this.#lines, viewer, item);
    collect(this.#viewers, item, viewer);
  }

  /** Takes an item out of a viewer's line, and out of the queue with the last one. */
  leave(viewer: string, item: T): void {
    discard(this.#lines, viewer, item);
    discard(this.#viewers, item, viewer);
  }

  /** Takes an item out of all lines. */
  delete(item: T): void {
    for (const viewer of this.#viewers.get(item) ?? []) this.leave(viewer, item);
  }

  /** Whose turn it is, without taking it; undefined when nothing waits. */
  peek(): T | undefined {
    for (const line of this.#lines.values()) for (const item of line) return item;
    return undefined;
  }

  /** Takes the item whose turn it is; undefined when nothing waits. */
  take(): T | undefined {
    for (const [viewer, line] of this.#lines) {
      for (const item of line) {
        this.delete(item);
        this.#toTheEnd(viewer);
        return item;
      }
    }
    return undefined;
  }

  #toTheEnd(viewer: string): void {
    const line = this.#lines.get(viewer);
    if (line === undefined) return;
    this.#lines.delete(viewer);
    this.#lines.set(viewer, line);
  }
}

function collect<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

function discard<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
  const set = sets.get(key);
  if (set?.delete(value) === true && set.size === 0) sets.delete(key);
}
