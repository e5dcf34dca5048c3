import { UnsupportedMediaError } from '../errors.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { Sample } from '../media/sample.js';
import { later, millisecondsOf, ticksOf, type Instant } from '../time/instant.js';
import { rescale } from '../time/rescale.js';
import { fragmentTargetMs } from '../timeline/fragment-pace.js';
import type { AudioLane } from './audio-lane.js';
import { HeldOffsets } from './held-offsets.js';
import type { VideoLane } from './video-lane.js';

/** A fragment whose samples are chosen; its audio may still be encoding. */
export type PendingFragment = Promise<readonly FragmentTrack[]>;

/** Decoders need some audio before the first that is heard; so much is kept while the start is sought. */
const audioLeadMs = 1000;
/** Tracks that lie further apart in the file than this are sent as they come. */
const longestLagMs = 10_000;
/** So much may wait for the other track. */
const heldBytesLimit = 64 * 1024 * 1024;

/** What the assembler puts together. */
export interface AssemblerOptions {
  /** The video track, if any. */
  readonly video: VideoLane | undefined;
  /** The audio track, if any. */
  readonly audio: AudioLane | undefined;
  /** Zero of the output, on the source's timeline; undefined puts zero where the output begins. */
  readonly origin: Instant | undefined;
  /**
   * Where the output begins, on the source's timeline; undefined begins where the video lane begins. Given when the
   * stream begins with the source, and when there is no video.
   */
  readonly start: Instant | undefined;
  /** Where the output begins on its own timeline, in milliseconds: it overrules `origin`. */
  readonly startDecodeTimeMs?: number | undefined;
  /** Length of the output; undefined for all. */
  readonly maxDurationMs: number | undefined;
  /** Ends the encoding that cutting starts. */
  readonly signal: AbortSignal;
}

/**
 * Gathers the samples of up to two tracks and cuts them into fragments, both at the same times.
 * Knows nothing of bytes in or out.
 */
export class FragmentAssembler {
  readonly #options: AssemblerOptions;
  #cuts = 0;
  #startOnSource: Instant | undefined;
  #origin: Instant | undefined;
  /** Where the next fragment begins, on the output's timeline. */
  #cursor: Instant | undefined;
  /** Where the first one began. */
  #start: Instant | undefined;
  /** Where the output ends, on its own timeline. */
  #end: Instant | undefined;
  readonly #held = new HeldOffsets();
  /** Samples that wait to be taken in. */
  readonly #inbox: (readonly Sample[])[] = [];
  /** How many of the first batch in the inbox have been taken in. */
  #taken = 0;
  #isEnding = false;
  #isFinished = false;
  #isDone = false;

  /** @param options - lanes and bounds. */
  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  /** The wanted length has been cut: nothing further needs to be read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Where the output begins, on the source's timeline, once that is known. */
  get startOnSource(): Instant | undefined {
    return this.#startOnSource;
  }

  /** Length of what was cut so far, in milliseconds. */
  get cutMs(): number {
    return this.#cursor === undefined ? 0 : millisecondsOf(this.#cursor) - millisecondsOf(this.#start!);
  }

  /**
   * Takes samples in stored order.
   * @throws {UnsupportedMediaError} when so much has come without a picture to begin at that no more can be held.
   */
  push(batch: readonly Sample[]): void {
    this.#inbox.push(batch);
    this.#takeIn();
  }

  /** No sample follows. */
  finish(): void {
    this.#isEnding = true;
    this.#takeIn();
  }

  /** Cuts the next fragment; undefined when more samples are needed first, or none are left. */
  cut(): PendingFragment | undefined {
    for (;;) {
      const heldFrom = this.#held.earliest(this.#options);
      const fragment = this.#cutNext();
      if (fragment !== undefined) {
        this.#held.push(heldFrom);
        return fragment;
      }
      if (!this.#takeIn()) return undefined;
    }
  }

  /**
   * Tells from which offset of the source on bytes are in use by the fragment cut first of those not asked about yet, or
   * by anything after it. To be asked once for each fragment.
   * @returns an offset; minus infinity when it is not known.
   */
  takeHeldFrom(): number {
    return this.#held.take();
  }

  /**
   * Takes in what waits. Once a track lags, one sample at a time: at which sample it is given up waiting for must not
   * depend on how many came at once.
   * @returns whether there was anything to take in, the end included.
   */
  #takeIn(): boolean {
    const { video } = this.#options;
    let hasTaken = false;
    for (let batch = this.#inbox[0]; batch !== undefined; batch = this.#inbox[0]) {
      while (this.#taken < batch.length) {
        if (hasTaken && this.#mayLag()) return true;
        this.#take(batch[this.#taken++]!);
        hasTaken = true;
      }
      this.#inbox.shift();
      this.#taken = 0;
    }
    if (!this.#isEnding || this.#isFinished || (hasTaken && this.#mayLag())) return hasTaken;
    this.#isFinished = true;
    video?.finish();
    this.#options.audio?.finish();
    return true;
  }

  #take(sample: Sample): void {
    const { video, audio } = this.#options;
    if (sample.trackId === video?.sourceTrackId) {
      this.#held.note('video', sample.offset);
      video.push(sample);
    } else if (sample.trackId === audio?.sourceTrackId) {
      this.#held.note('audio', sample.offset);
      audio.push(sample);
    }
    if (video !== undefined && video.startInstant === undefined) this.#boundSearch(video);
  }

  #cutNext(): PendingFragment | undefined {
    if (this.#isDone || !this.#begin()) return undefined;
    const { video } = this.#options;
    if (video === undefined || (this.#isFinished && video.nextTicks === undefined)) return this.#cutAudio();
    return this.#cutVideo(video) ?? (this.#isVideoTooLate() ? this.#cutAudio() : undefined);
  }

  #cutVideo(video: VideoLane): PendingFragment | undefined {
    const { audio } = this.#options;
    const { timescale } = video;
    const originTicks = ticksOf(this.#origin!, timescale);
    const endTicks = this.#end === undefined ? Number.POSITIVE_INFINITY : ticksOf(this.#end, timescale, 'up');
    const found = video.cutFrom(originTicks + Math.min(this.#targetTicks(timescale), endTicks));
    if (found === undefined) return undefined;
    const cutTicks = found - originTicks;
    const cut: Instant = { ticks: Math.min(cutTicks, endTicks), timescale };
    if (audio !== undefined && !audio.isKnownUntil(cut) && !this.#isAudioTooLate(video, cut))
      return undefined;

    const taken = this.#takePictures(video, cut);
    this.#advance(cut, cutTicks >= endTicks);
    return this.#gather(taken, cut);
  }

  /** Takes the pictures whose time is before a time of the output. */
  #takePictures(video: VideoLane, until: Instant): Promise<FragmentTrack | undefined> {
    const originTicks = ticksOf(this.#origin!, video.timescale);
    const untilTicks = originTicks + ticksOf(until, video.timescale, 'up');
    return video.take(untilTicks, originTicks, this.#options.signal);
  }

  #cutAudio(): PendingFragment | undefined {
    const { video, audio } = this.#options;
    const knownEnd = audio?.knownEnd;
    if (audio === undefined || knownEnd === undefined) return undefined;
    const { timescale } = knownEnd;
    const endTicks = this.#end === undefined ? Number.POSITIVE_INFINITY : ticksOf(this.#end, timescale, 'up');
    const cut: Instant = { ticks: Math.min(this.#targetTicks(timescale), endTicks), timescale };
    if (!audio.isKnownUntil(cut)) return undefined;
    const isLast = this.#isFinished && knownEnd.ticks <= cut.ticks;
    // Audio that ends before the video did does not take the end of the stream back.
    const reached = isLast ? later(knownEnd, this.#cursor!) : cut;
    this.#advance(reached, isLast || cut.ticks >= endTicks);
    // The last pictures before a pause are shown when the pause begins, and so are sent then.
    return this.#gather(video && this.#takePictures(video, cut), cut);
  }

  #targetTicks(timescale: number): number {
    return ticksOf(this.#cursor!, timescale) + rescale(fragmentTargetMs(this.#cuts), 1000, timescale);
  }

  #advance(cursor: Instant, isLast: boolean): void {
    this.#cursor = cursor;
    this.#cuts++;
    this.#isDone = isLast;
  }

  async #gather(video: Promise<FragmentTrack | undefined> | undefined, until: Instant): PendingFragment {
    const tracks = await Promise.all([video, this.#options.audio?.take(until, this.#options.signal)]);
    return tracks.filter((track) => track !== undefined);
  }

  /** Settles where zero and the start are, as soon as the lanes know. */
  #begin(): boolean {
    if (this.#cursor !== undefined) return true;
    const { video, audio, maxDurationMs } = this.#options;
    const first = video?.nextTicks;
    const start =
      this.#options.start ??
      (first === undefined ? undefined : { ticks: first, timescale: video!.timescale });
    if (start === undefined) return false;
    const { timescale } = start;
    const origin = this.#originFor(start);
    const cursor: Instant = { ticks: start.ticks - ticksOf(origin, timescale), timescale };
    this.#startOnSource = start;
    this.#origin = origin;
    this.#cursor = cursor;
    this.#start = cursor;
    if (maxDurationMs !== undefined) {
      this.#end = {
        ticks: cursor.ticks + rescale(Math.round(maxDurationMs * 1000), 1_000_000, timescale),
        timescale,
      };
    }
    audio?.begin(this.#origin, cursor);
    return true;
  }

  #originFor(start: Instant): Instant {
    const { origin, startDecodeTimeMs } = this.#options;
    if (startDecodeTimeMs === undefined) return origin ?? start;
    const { ticks, timescale } = start;
    return { ticks: ticks - rescale(Math.round(startDecodeTimeMs * 1000), 1_000_000, timescale), timescale };
  }

  /** The audio lags so far that the video cannot wait for it; it is sent in a later fragment. */
  #isAudioTooLate(video: VideoLane, cut: Instant): boolean {
    const originTicks = ticksOf(this.#origin!, cut.timescale);
    const newest = video.newestTicks! - originTicks;
    return (
      video.heldBytes > heldBytesLimit || newest - cut.ticks > rescale(longestLagMs, 1000, cut.timescale)
    );
  }

  /** The video pauses for so long, or has ended so early, that the audio cannot wait for it. */
  #isVideoTooLate(): boolean {
    const { audio } = this.#options;
    const knownEnd = audio?.knownEnd;
    if (audio === undefined || knownEnd === undefined) return false;
    const ahead = knownEnd.ticks - ticksOf(this.#cursor!, knownEnd.timescale);
    return audio.heldBytes > heldBytesLimit || ahead > rescale(longestLagMs, 1000, knownEnd.timescale);
  }

  /** One of the tracks may be too late by now. */
  #mayLag(): boolean {
    const { video } = this.#options;
    if (video === undefined || !this.#begin()) return false;
    if (video.newestTicks === undefined) return this.#isVideoTooLate();
    const { timescale } = video;
    const cursor: Instant = { ticks: ticksOf(this.#cursor!, timescale), timescale };
    return this.#isVideoTooLate() || this.#isAudioTooLate(video, cursor);
  }

  /** While no picture to begin at is settled, keeps of the audio only what may be needed. */
  #boundSearch(video: VideoLane): void {
    const { audio } = this.#options;
    if (video.candidateTime !== undefined) {
      const { timescale } = video;
      const ticks = video.cadence.toTicks(video.candidateTime) - rescale(audioLeadMs, 1000, timescale);
      audio?.discardBefore({ ticks, timescale });
    }
    if (audio !== undefined && audio.heldBytes > heldBytesLimit) {
      throw new UnsupportedMediaError(
        'The video has no picture that playing can begin at, as far as could be read.',
        {
          context: { track: video.sourceTrackId },
        },
      );
    }
  }
}
