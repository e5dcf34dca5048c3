import type { VideoSampleTraits } from '../codecs/configuration.js';
import type { Sample } from '../media/sample.js';

/** A sample and what it is. */
export interface InspectedSample {
  /** The sample. */
  readonly sample: Sample;
  /** What its first bytes say. */
  readonly traits: VideoSampleTraits;
}

/**
 * How much is held while a later startable picture may still come. When it does not, the stream begins at the one that
 * was found: earlier than ideal, but within bounds.
 */
const heldBytesLimit = 64 * 1024 * 1024;

/**
 * Finds the picture that a stream begins at: the last startable one that is not after the wanted time. Until a picture
 * after that time has been seen, what follows the best candidate is held.
 */
export class VideoStart {
  readonly #startTime: number | undefined;
  readonly #picturesBehind: number;
  #behind = 0;
  #held: InspectedSample[] = [];
  #heldBytes = 0;
  #dropped = 0;
  #hasMissed = false;

  /**
   * @param startTime - the wanted time in container ticks; undefined begins at the first startable picture.
   * @param picturesBehind - how many pictures more are held once one after the wanted time has come: among them may be
   * some that are shown before it.
   */
  constructor(startTime: number | undefined, picturesBehind = 0) {
    this.#startTime = startTime;
    this.#picturesBehind = picturesBehind;
  }

  /** Samples passed over: before the chosen picture. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A picture after the wanted time came, and none to begin at before it. */
  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  /** Presentation time of the best candidate, in container ticks. */
  get candidateTime(): number | undefined {
    return this.#held[0]?.sample.presentationTime;
  }

  /** Offset in the source of the first sample that is held. */
  get heldFrom(): number | undefined {
    return this.#held[0]?.sample.offset;
  }

  /**
   * Takes the next sample that holds a picture.
   * @returns the samples to begin with, from the chosen picture on; undefined while it is not chosen.
   */
  push(sample: Sample, traits: VideoSampleTraits): readonly InspectedSample[] | undefined {
    const isStart = traits.randomAccess === 'start';
    if (this.#startTime === undefined) {
      if (isStart) return [{ sample, traits }];
      this.#dropped++;
      return undefined;
    }
    const isAfter = sample.presentationTime > this.#startTime && traits.leading === 'none';
    if (isAfter && this.#held.length === 0) this.#hasMissed = true;
    if (isStart && (!isAfter || this.#held.length === 0)) {
      this.#dropped += this.#held.length;
      this.#held = [];
      this.#heldBytes = 0;
    } else if (this.#held.length === 0) {
      this.#dropped++;
      return undefined;
    }
    this.#held.push({ sample, traits });
    this.#heldBytes += sample.data.byteLength;
    if (isAfter || this.#behind > 0) this.#behind++;
    const isSettled = this.#behind > this.#picturesBehind || this.#heldBytes > heldBytesLimit;
    return isSettled ? this.finish() : undefined;
  }

  /** Settles on the best candidate; undefined when there is none. */
  finish(): readonly InspectedSample[] | undefined {
    if (this.#held.length === 0) return undefined;
    const begun = this.#held;
    this.#held = [];
    return begun;
  }
}
