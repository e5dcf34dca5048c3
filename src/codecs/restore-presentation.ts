import { SegmintError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import type { Track, VideoTrack } from '../media/track.js';
import { createSecondFieldTest } from './h264/field-pairs.js';
import { PartialTimes } from './partial-times.js';
import type { OrderPicture, PictureOrder } from './picture-order.js';
import { PresentationTimes } from './presentation-times.js';
import { createPictureOrder } from './video.js';

/** Anything that carries a sample. */
interface Carrier {
  readonly sample: Sample;
  /** Of a track whose times are stated in part: its presentation time is stated, and no guess. */
  readonly isTimed?: boolean;
}

/** A track whose pictures are to be given times. */
export interface RestoredTrack {
  /** The track. */
  readonly track: Track;
  /** Of one with decode times alone: the first picture is shown when so many more have been decoded. 0 by default. */
  readonly shownLater?: number;
}

interface Held<T> {
  carrier: T;
  /** The other field of its frame, which came as a sample of its own. */
  secondField?: Uint8Array;
  isSettled: boolean;
}

/** Tells the times of one track's pictures. */
interface Lane {
  /**
   * Takes the next picture.
   * @param settle - told of its time, in this call or a later one.
   */
  push(
    carrier: Carrier,
    settle: (time: number, order: PictureOrder | undefined) => void,
  ): 'as it is' | undefined;
  /** Settles all that wait. */
  flush(): void;
  /** Whether a sample is the second field of the picture that was pushed last, which is not settled yet. */
  readonly isSecondField?: ((data: Uint8Array) => boolean) | undefined;
}

/** Samples of all tracks that wait for a picture's time. Above this the stream is none that can be shown. */
const MOST_HELD = 8192;

/**
 * Gives the pictures of containers that state decode times alone (AVI, what Matroska took from it, ASF), or times of some
 * pictures alone (program streams), the times at which they are shown, where their codec says in which order that is. A
 * picture whose presentation is stated after all keeps it. Samples of all tracks stay in the order in which they are stored.
 */
export class PresentationRestorer<T extends Carrier> {
  readonly #lanes: ReadonlyMap<number, Lane>;
  readonly #held: Held<T>[] = [];
  /** The last picture of each track. */
  readonly #newest = new Map<number, Held<T>>();

  /**
   * @param byDecoding - tracks whose samples have decode times alone.
   * @param inPart - tracks of whose samples some have a presentation time, as `isTimed` says, and others none of any kind.
   */
  constructor(byDecoding: readonly RestoredTrack[], inPart: readonly RestoredTrack[] = []) {
    this.#lanes = new Map([...lanesOf(byDecoding, laneByDecoding), ...lanesOf(inPart, laneInPart)]);
  }

  /**
   * Takes samples in stored order.
   * @param carriers - the samples; those of pictures are replaced.
   * @returns what is known now, from what was given in now and before.
   */
  push(carriers: readonly T[]): readonly T[] {
    if (this.#lanes.size === 0) return carriers;
    for (const carrier of carriers) this.#take(carrier);
    if (this.#held.length > MOST_HELD) this.#flush();
    const open = this.#held.findIndex(({ isSettled }) => !isSettled);
    return this.#held.splice(0, open < 0 ? this.#held.length : open).map(({ carrier }) => carrier);
  }

  /** Gives out what waits: no sample follows. */
  finish(): readonly T[] {
    this.#flush();
    return this.#held.splice(0).map(({ carrier }) => carrier);
  }

  #take(carrier: T): void {
    const { sample } = carrier;
    const lane = this.#lanes.get(sample.trackId);
    const newest = this.#newest.get(sample.trackId);
    if (lane?.isSecondField?.(sample.data) === true && newest?.isSettled === false) {
      newest.secondField = sample.data;
      return;
    }
    const held: Held<T> = { carrier, isSettled: lane === undefined };
    this.#held.push(held);
    if (lane?.isSecondField !== undefined) this.#newest.set(sample.trackId, held);
    const isLeft = lane?.push(carrier, (presentationTime, order) => {
      const isSync = sample.isSync && order?.isEmpty !== true;
      const isKept = carrier.isTimed === true && presentationTime === sample.presentationTime;
      // What the container states as decode time may lie behind the presentation: it is left for others to derive.
      const decodeTime = isKept ? sample.decodeTime : undefined;
      const data = joinFields(sample.data, held.secondField);
      held.carrier = { ...carrier, sample: { ...sample, presentationTime, decodeTime, isSync, data } };
      held.isSettled = true;
    });
    if (isLeft === 'as it is') held.isSettled = true;
  }

  #flush(): void {
    for (const lane of this.#lanes.values()) lane.flush();
  }
}

function lanesOf(
  tracks: readonly RestoredTrack[],
  make: (restored: RestoredTrack, order: OrderPicture) => Lane,
): [number, Lane][] {
  return tracks.flatMap((restored): [number, Lane][] => {
    const { track } = restored;
    const order = track.type === 'video' ? orderOf(track) : undefined;
    return order === undefined ? [] : [[track.id, make(restored, order)]];
  });
}

function laneByDecoding({ track, shownLater }: RestoredTrack, orderPicture: OrderPicture): Lane {
  const times = new PresentationTimes(shownLater, track.defaultDuration);
  return {
    push({ sample: { presentationTime, decodeTime, data } }, settle) {
      if (decodeTime === undefined || decodeTime < presentationTime) return 'as it is';
      const order = orderPicture(data);
      times.push(decodeTime, order, (time) => settle(time, order));
      return undefined;
    },
    flush: () => times.flush(),
  };
}

function laneInPart({ track }: RestoredTrack, orderPicture: OrderPicture): Lane {
  const { timescale, defaultDuration, codecPrivate } = track;
  const times = new PartialTimes(timescale, defaultDuration);
  return {
    push({ sample: { presentationTime: time, duration, data }, isTimed }, settle) {
      const order = orderPicture(data);
      const stated = isTimed === false ? undefined : time;
      times.push({ stated, guess: time, duration, order }, (shown) => settle(shown, order));
      return undefined;
    },
    flush: () => times.flush(),
    isSecondField: track.codec === 'h264' ? createSecondFieldTest(codecPrivate) : undefined,
  };
}

/** Where a container's reader cuts fields apart, they are copied into one sample: a sample is a frame. */
function joinFields(first: Uint8Array, second: Uint8Array | undefined): Uint8Array {
  if (second === undefined) return first;
  const frame = new Uint8Array(first.length + second.length);
  frame.set(first);
  frame.set(second, first.length);
  return frame;
}

/** Tracks whose headers are broken keep the times that they have. */
function orderOf(track: VideoTrack): OrderPicture | undefined {
  try {
    return createPictureOrder(track);
  } catch (error) {
    if (error instanceof SegmintError) return undefined;
    throw error;
  }
}
