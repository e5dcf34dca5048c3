import { SegmintError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import type { Track, VideoTrack } from '../media/track.js';
import type { OrderPicture } from './picture-order.js';
import { PresentationTimes } from './presentation-times.js';
import { createPictureOrder } from './video.js';

/** Anything that carries a sample. */
interface Carrier {
  readonly sample: Sample;
}

interface Held<T> {
  carrier: T;
  isSettled: boolean;
}

interface Lane {
  readonly order: OrderPicture;
  readonly times: PresentationTimes;
}

/** Samples of all tracks that wait for a picture's time. Above this the stream is none that can be shown. */
const MOST_HELD = 8192;

/**
 * Gives the pictures of containers that state decode times alone (AVI, what Matroska took from it, ASF) the times at
 * which they are shown, where their codec says in which order that is. A picture whose presentation is stated after all
 * keeps it. Samples of all tracks stay in the order in which they are stored.
 */
export class PresentationRestorer<T extends Carrier> {
  readonly #lanes: ReadonlyMap<number, Lane>;
  readonly #held: Held<T>[] = [];

  /** @param tracks - the tracks of a container whose samples have decode times alone. */
  constructor(tracks: readonly Track[]) {
    this.#lanes = new Map(
      tracks.flatMap((track): [number, Lane][] => {
        const order = track.type === 'video' ? orderOf(track) : undefined;
        return order === undefined ? [] : [[track.id, { order, times: new PresentationTimes() }]];
      }),
    );
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
    const { presentationTime: time, decodeTime } = sample;
    const isStated = decodeTime === undefined || decodeTime < time;
    const held: Held<T> = { carrier, isSettled: lane === undefined || isStated };
    this.#held.push(held);
    if (lane === undefined || isStated) return;
    const order = lane.order(sample.data);
    const isSync = sample.isSync && order?.isEmpty !== true;
    lane.times.push(decodeTime, order, (presentationTime) => {
      // What the container states as decode time may lie behind the presentation: it is left for others to derive.
      held.carrier = { ...carrier, sample: { ...sample, presentationTime, decodeTime: undefined, isSync } };
      held.isSettled = true;
    });
  }

  #flush(): void {
    for (const { times } of this.#lanes.values()) times.flush();
  }
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
