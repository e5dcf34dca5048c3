/** What a {@link Demand} tells the one who has the work done. */
export interface DemandWatcher {
  /**
   * A viewer waits for it now.
   * @throws {OverloadedError} when there is no room for more that viewers wait for.
   */
  joined(viewer: string): void;
  /** A viewer waits for it no longer. */
  left(viewer: string): void;
}

/** Who waits for a piece of work. When it is nobody, it is made ahead of any player's asking, and gives way. */
export class Demand {
  /** Has the work dropped, because players wait for other things or it is too late. */
  readonly giveWay: () => void;
  /** The viewer for whom it is made ahead, if it was begun that way. */
  readonly wisher: string;
  /** Told of who comes and goes while the work waits for its turn. */
  watcher: DemandWatcher | undefined;
  readonly #viewers = new Map<string, number>();

  /**
   * @param wisher - the viewer who asked first, or for whom it is made ahead.
   * @param giveWay - drops it while no viewer waits for it.
   */
  constructor(wisher: string, giveWay: () => void = () => undefined) {
    this.wisher = wisher;
    this.giveWay = giveWay;
  }

  /** Whether any viewer waits for it. */
  get isWanted(): boolean {
    return this.#viewers.size > 0;
  }

  /** The viewers who wait. */
  get viewers(): Iterable<string> {
    return this.#viewers.keys();
  }

  /**
   * Counts one more request of a viewer.
   * @returns ends it.
   * @throws {OverloadedError} when the work waits for its turn, and may not be raised among what viewers wait for.
   */
  join(viewer: string): Disposable {
    const before = this.#viewers.get(viewer) ?? 0;
    this.#viewers.set(viewer, before + 1);
    try {
      if (before === 0) this.watcher?.joined(viewer);
    } catch (error) {
      this.#viewers.delete(viewer);
      throw error;
    }
    let hasLeft = false;
    return {
      [Symbol.dispose]: () => {
        if (hasLeft) return;
        hasLeft = true;
        this.#leave(viewer);
      },
    };
  }

  #leave(viewer: string): void {
    const others = this.#viewers.get(viewer)! - 1;
    if (others > 0) {
      this.#viewers.set(viewer, others);
      return;
    }
    this.#viewers.delete(viewer);
    this.watcher?.left(viewer);
  }
}
