/** Who keeps packets within an allowance. */
export interface AllowanceHolder {
  /** Keeps no more than so many bytes from now on. */
  trim(bytes: number): void;
}

/** Of one media: the audio of the segments that were read last. */
const mostOfOne = 8 << 20;

/**
 * Shares out, among all media that are open at a time, the memory for the audio that each keeps when it is met between
 * pictures: as many bytes for one as for another, and never more in all than it was made for.
 */
export class AudioAllowance {
  readonly #totalBytes: number;
  readonly #holders = new Set<AllowanceHolder>();

  /** @param totalBytes - what all of them may keep together, in bytes. */
  constructor(totalBytes: number = 8 * mostOfOne) {
    this.#totalBytes = totalBytes;
  }

  /** What each may keep, in bytes. */
  get share(): number {
    return Math.min(mostOfOne, Math.floor(this.#totalBytes / Math.max(1, this.#holders.size)));
  }

  /** Takes one more in; the others keep less, if need be. */
  join(holder: AllowanceHolder): void {
    const before = this.share;
    this.#holders.add(holder);
    const { share } = this;
    if (share < before) for (const each of this.#holders) each.trim(share);
  }

  /** Takes one out, which keeps nothing any more. */
  leave(holder: AllowanceHolder): void {
    this.#holders.delete(holder);
  }
}
