import { checkLimit } from '../../bytes/limits.js';
import type { SampleOptions } from '../../media/demuxer.js';
import type { MediaInfo } from '../../media/media-info.js';
import type { Sample } from '../../media/sample.js';
import type { SegmentDemuxer } from './segment-track.js';
import { MAX_SEGMENT_BYTES } from './video-scan.js';

/** Samples of a part of a source that was read once, held so that they can be read again. */
export class HeldRange implements SegmentDemuxer {
  /** What the container says about itself. */
  readonly info: MediaInfo;
  /** The held part has no beginning but this. */
  readonly firstClusterOffset = 0;
  /** In stored order. */
  readonly held: Sample[] = [];
  #bytes = 0;

  /** @param info - of the source that is read. */
  constructor(info: MediaInfo) {
    this.info = info;
  }

  /**
   * Takes the next sample.
   * @throws {LimitExceededError} when more is held than is sensible.
   */
  hold(sample: Sample): void {
    this.#bytes += sample.data.byteLength;
    checkLimit('number of bytes of a segment', this.#bytes, MAX_SEGMENT_BYTES, { offset: sample.offset });
    this.held.push(sample);
  }

  /** Gives the samples of some tracks from an offset on. */
  async *samples({ trackIds, startOffset = 0, signal }: SampleOptions = {}): AsyncGenerator<
    readonly Sample[]
  > {
    await Promise.resolve();
    signal?.throwIfAborted();
    yield this.held.filter(
      ({ trackId, offset }) => offset >= startOffset && (trackIds === undefined || trackIds.has(trackId)),
    );
  }

  /** There is nothing before what is held. */
  clusterBefore(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
