/**
 * Joins the stretches of a source whose clock jumps (spliced or restarted transport streams, 33-bit counters that begin
 * anew) to one timeline that goes on. All times here are nanoseconds.
 *
 * A stretch is what shares one clock; the same amount is added to the times of all its tracks, so that sound and picture
 * stay together. Tracks come to a new stretch at different packets: each goes by its own times.
 */

/** What is added to the source's own times from some place on. */
export interface ClockStretch {
  /** Byte offset of the first packet that was found in it. */
  readonly offset: number;
  /** Nanoseconds that are added. */
  readonly shiftNs: number;
}

/** A forward step that is a jump and no pause: FFmpeg's own threshold. */
const FORWARD_JUMP_NS = 10e9;

/** A backward step that is a jump and no disorder. */
const BACKWARD_JUMP_NS = 100e6;

/** How far tracks of one stretch may lie apart where they join it. */
const JOIN_TOLERANCE_NS = 3e9;

/** How many stretches a time is tried in, newest first. Damaged packets look like stretches of their own. */
const RECENT = 16;

/** The most stretches that are remembered, the last ones: an endless source has any number. */
const MAX_STRETCHES = 10_000;

/** Packets of other tracks that belong to a stretch can stand this far before the one that was found first. */
const NEAR_BYTES = 8 * 1024 * 1024;

interface Lane {
  readonly isSteady: boolean;
  stretch: ClockStretch;
  /** Time at which the track's next packet is due, in the source's own clock of its stretch. */
  dueNs: number | undefined;
  /** Time of its last packet there. */
  lastNs: number | undefined;
}

/** A packet's place on the clock. */
export interface ClockReading {
  /** The track. */
  readonly trackId: number;
  /** The packet's time in the source's own clock. */
  readonly timeNs: number;
  /** How long it lasts; 0 when that is not known. */
  readonly durationNs: number;
  /** Byte offset of the packet, or of one shortly before it. */
  readonly offset: number;
  /** After this many nanoseconds the source's clock begins anew at zero; undefined when it does not. */
  readonly wrapNs: number | undefined;
  /** Packets of this track come steadily: they tell of jumps. Subtitles do not. */
  readonly isSteady: boolean;
}

/** Tells what to add to the times of each packet. */
export class ContinuousTime {
  readonly #stretches: ClockStretch[];
  readonly #lanes = new Map<number, Lane>();
  readonly #referenceNs: number | undefined;
  readonly #firstStretch: ClockStretch;

  /**
   * @param known - the stretches that an earlier reading found, in order of offset.
   * @param startOffset - where reading begins.
   * @param referenceNs - about when that is on the joined timeline, where it is known.
   */
  constructor(known: readonly ClockStretch[] = [], startOffset = 0, referenceNs?: number) {
    this.#stretches =
      known.length > 0
        ? known.map(({ offset, shiftNs }) => ({ offset, shiftNs }))
        : [{ offset: 0, shiftNs: 0 }];
    this.#firstStretch =
      this.#stretches.findLast(({ offset }) => offset <= startOffset) ?? this.#stretches[0]!;
    this.#referenceNs = referenceNs;
  }

  /** All stretches found so far and those known before, in order of offset. */
  get stretches(): readonly ClockStretch[] {
    return [...this.#stretches];
  }

  /**
   * Takes the next packet of a track.
   * @returns nanoseconds to add to its times.
   */
  shiftFor(reading: ClockReading): number {
    const { trackId, timeNs, durationNs } = reading;
    const lane = this.#lanes.get(trackId) ?? this.#begin(reading);
    if (this.#isJump(lane, reading)) this.#jump(lane, reading);
    lane.lastNs = timeNs;
    lane.dueNs = timeNs + durationNs;
    return lane.stretch.shiftNs;
  }

  #begin(reading: ClockReading): Lane {
    const reference = this.#latestDue() ?? this.#referenceNs;
    const stretch =
      (reference === undefined ? undefined : this.#findStretch(reading, reference, Infinity)) ??
      this.#firstStretch;
    const lane = { stretch, dueNs: undefined, lastNs: undefined, isSteady: reading.isSteady };
    this.#lanes.set(reading.trackId, lane);
    return lane;
  }

  #isJump(lane: Lane, { timeNs, isSteady }: ClockReading): boolean {
    const { lastNs, stretch } = lane;
    if (lastNs === undefined) return false;
    if (timeNs < lastNs - BACKWARD_JUMP_NS) return true;
    // A subtitle may well come after a long pause, and so may what fell silent while other tracks went on.
    return isSteady && timeNs + stretch.shiftNs > this.#latestDue()! + FORWARD_JUMP_NS;
  }

  #jump(lane: Lane, reading: ClockReading): void {
    const due = lane.dueNs! + lane.stretch.shiftNs;
    const found = this.#findStretch(
      reading,
      reading.isSteady ? due : (this.#latestDue() ?? due),
      JOIN_TOLERANCE_NS,
    );
    if (found !== undefined) {
      lane.stretch = found;
      return;
    }
    if (!reading.isSteady) return;
    // No track may go back in time: what was in the old stretch ends before the new one begins.
    const begin = Math.max(due, this.#latestDue() ?? due);
    lane.stretch = this.#add(reading.offset, Math.round(begin - reading.timeNs));
  }

  /** The stretch in which a time comes nearest to when it is due: a known one, or one whose counter began anew. */
  #findStretch(reading: ClockReading, dueNs: number, toleranceNs: number): ClockStretch | undefined {
    const { timeNs, wrapNs, offset } = reading;
    const end = this.#behind(offset + NEAR_BYTES);
    const near = this.#stretches.slice(Math.max(0, end - RECENT), end);
    const turns = wrapNs === undefined || toleranceNs === Infinity ? [0] : [0, wrapNs, -wrapNs];
    for (const turn of turns) {
      let best: ClockStretch | undefined;
      let bestDistance = toleranceNs;
      for (const stretch of near) {
        const distance = Math.abs(timeNs + stretch.shiftNs + turn - dueNs);
        if (distance > bestDistance) continue;
        best = stretch;
        bestDistance = distance;
      }
      if (best !== undefined) return turn === 0 ? best : this.#add(offset, best.shiftNs + turn);
    }
    return undefined;
  }

  #add(offset: number, shiftNs: number): ClockStretch {
    if (this.#stretches.length >= MAX_STRETCHES) this.#stretches.shift();
    const stretch = { offset, shiftNs };
    this.#stretches.splice(this.#behind(offset), 0, stretch);
    return stretch;
  }

  /** Position of the first stretch that was found behind an offset; as a rule that of none. */
  #behind(offset: number): number {
    return this.#stretches.findLastIndex((one) => one.offset <= offset) + 1;
  }

  /** The latest time at which any steady track is due, on the joined timeline: about where reading is. */
  #latestDue(): number | undefined {
    let latest: number | undefined;
    for (const { dueNs, stretch, isSteady } of this.#lanes.values()) {
      if (isSteady && dueNs !== undefined) latest = Math.max(latest ?? -Infinity, dueNs + stretch.shiftNs);
    }
    return latest;
  }
}
