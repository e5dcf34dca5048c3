import type { DamageLog } from '../media/damage-log.js';
import { SampleBuilder } from '../media/sample-builder.js';
import type { Sample } from '../media/sample.js';
import type { ChunkMemory } from '../media/source.js';
import { ContinuousTime, type ClockStretch } from '../time/continuous-time.js';
import { createStream } from './create-stream.js';
import type { ElementaryFrame, ElementaryStream } from './elementary-stream.js';
import { ProgrammeFollower } from './programme-follower.js';
import type { ElementaryStreamInfo } from './stream-info.js';
import type { TransportHead, TransportTrack } from './transport-head.js';
import { TransportReader } from './transport-reader.js';

/** PTS and DTS are counted in this many bits. */
const clockBits = 33;

/** From where on a {@link SampleSession} reads, and what. */
export interface SampleSessionOptions {
  /** What the beginning says. */
  readonly head: TransportHead;
  /** Told of damage. */
  readonly damage: DamageLog;
  /** Tracks whose samples are wanted: all, when absent. The others are read for their clocks. */
  readonly trackIds?: ReadonlySet<number> | undefined;
  /** Stretches of the clock that an earlier reading found. */
  readonly stretches: readonly ClockStretch[];
  /** Where reading begins. */
  readonly startOffset: number;
  /** About when that is, in nanoseconds, where it is known. */
  readonly referenceNs: number | undefined;
  /** Of pictures only the beginnings are wanted. */
  readonly beginningsOnly?: boolean | undefined;
  /** Memory for pictures. */
  readonly memory?: ChunkMemory | undefined;
}

/** Makes samples of the bytes of a transport stream, from one place on. */
export class SampleSession {
  readonly #time: ContinuousTime;
  readonly #reader: TransportReader;
  readonly #programme: ProgrammeFollower;
  readonly #damage: DamageLog;
  #offset: number;
  #samples: Sample[] = [];

  /** @param options - from where on it reads, and what. */
  constructor(options: SampleSessionOptions) {
    const { head, damage, stretches, startOffset, referenceNs } = options;
    this.#damage = damage;
    this.#offset = startOffset;
    this.#time = new ContinuousTime(stretches, startOffset, referenceNs);
    const infos = head.tracks.map(({ info }) => info);
    this.#programme = new ProgrammeFollower(
      head.programme.number,
      head.programme.streams,
      head.survey.mapPids,
    );
    const streams = new Map<ElementaryStreamInfo, ElementaryStream>();
    head.tracks.forEach((track, i) => {
      const stream = this.#createStream(track, options);
      if (stream !== undefined) streams.set(infos[i]!, stream);
    });
    const { distance } = head;
    this.#reader = new TransportReader({ distance, programme: this.#programme, streams, damage });
  }

  /** Stretches of the clock that are known now. */
  get stretches(): readonly ClockStretch[] {
    return this.#time.stretches;
  }

  /** The source has gone over to another programme for good: nothing more will come. */
  get hasGone(): boolean {
    return this.#programme.hasGone;
  }

  /**
   * Takes the next bytes.
   * @param chunk - not held.
   * @returns the samples that end in it.
   */
  push(chunk: Uint8Array): readonly Sample[] {
    this.#reader.push(chunk, this.#offset);
    this.#offset += chunk.length;
    return this.#take();
  }

  /** The source has ended. Returns the last samples. */
  finish(): readonly Sample[] {
    this.#reader.finish(this.#offset);
    if (this.hasGone) {
      const reason = 'The source cannot be read to its end: it goes over to another programme.';
      this.#damage.add('truncated', this.#offset, 0, reason);
    }
    return this.#take();
  }

  #take(): readonly Sample[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  #createStream(
    { info, track }: TransportTrack,
    options: SampleSessionOptions,
  ): ElementaryStream | undefined {
    const { damage, trackIds, memory } = options;
    const isWanted = trackIds?.has(track.id) !== false;
    const stream = { wrapBits: clockBits, ticksPerUnit: 1, hasDurations: true, isUntimed: false, track };
    const builder = new SampleBuilder(stream, this.#time, (offset, length, reason) =>
      damage.add('dropped', offset, length, reason),
    );
    return createStream(info.content, {
      // Field by field: a copy of an object costs as much as all else that is done for a frame.
      take: ({ pts, dts, duration, offset, isKey, isCorrupt, data }: ElementaryFrame) => {
        const size = data.length;
        const sample = builder.build({ pts, dts, duration, offset, size, isKey, isCorrupt, data });
        if (sample !== undefined && isWanted) this.#samples.push(sample);
      },
      reportLoss: (offset, length) =>
        damage.add('dropped', offset, length, 'A packet is damaged or parts of it are missing.'),
      pictureTicks: track.defaultDuration ?? 0,
      codecPrivate: track.codecPrivate,
      beginningsOnly: options.beginningsOnly === true || !isWanted,
      memory: isWanted ? memory : undefined,
    });
  }
}
