import type { FragmentTrack } from '../../isobmff/fragment.js';
import type { MuxTrack } from '../../isobmff/mux-track.js';
import type { Demuxer } from '../../media/demuxer.js';
import type { IndexEntry, MediaIndex } from '../../media/media-index.js';
import type { Sample } from '../../media/sample.js';
import type { ReadOptions } from '../../media/source.js';
import type { Instant } from '../../time/instant.js';
import type { RenditionTiming, SegmentPlan } from '../../timeline/segment-plan.js';
import type { Announcement } from './announcement.js';
import type { PassedAudio } from './passed-audio.js';

/** What segments are read with: the demuxer of a container, or a part of a source that is held. */
export interface SegmentDemuxer extends Pick<Demuxer, 'info' | 'samples'> {
  /** Byte offset with which reading from the beginning begins: in Matroska, of the first Cluster. */
  readonly firstClusterOffset: number;
  /**
   * The samples of any track are found by their time at once, wherever they are stored; else by where the video of their
   * time is.
   */
  readonly findsByTime?: boolean | undefined;

  /** The samples of one track are read without reading those of others. */
  readonly readsTracksAlone?: boolean | undefined;

  /** The container's index of one track, where it has any: see the Matroska demuxer. */
  readCues?(trackId: number, options?: ReadOptions): Promise<readonly IndexEntry[] | undefined>;

  /** The one sample that an entry of an index points to; undefined when it is not there. */
  readCuedSample?(entry: IndexEntry, options?: ReadOptions): Promise<Sample | undefined>;

  /**
   * Finds a place before another at which reading can begin, where samples are not found by their time.
   * @param offset - of such a place.
   */
  clusterBefore(offset: number, options?: ReadOptions): Promise<number | undefined>;
}

/** What every rendition of a source shares. */
export interface SegmentContext {
  /** Reads the source, from many places side by side. */
  readonly demuxer: SegmentDemuxer;
  /** The index of the video track; undefined for a source of audio alone. */
  readonly index: MediaIndex | undefined;
  /** The plan. */
  readonly plan: SegmentPlan;
  /** Reading costs next to nothing: a file on this machine, or memory. */
  readonly isLocal?: boolean | undefined;
  /** The audio that is met while video is read; absent where it is not kept. */
  readonly passedAudio?: PassedAudio | undefined;
  /** The time of the source that is zero in the output: where its earliest track begins. */
  readonly origin: Instant;
  /** How long the source is by its container's word, in nanoseconds: what a track may claim is measured by it. */
  readonly durationNs?: number | undefined;
}

/** The samples of one segment of one track. */
export interface SegmentSamples {
  /** Samples with their absolute decode time. Never without a sample. */
  readonly track: FragmentTrack;
  /** Decode time at which the next segment begins, in ticks of the track: base time plus all durations. */
  readonly endTicks: number;
  /** What was not copied or encoded as planned, in words for a person; empty as a rule. */
  readonly remarks: readonly string[];
}

/** One track, made a segment at a time: each segment is a pure function of the source, the plan and its number. */
export interface SegmentTrack {
  /** When its segments begin and end by the plan. */
  readonly timing: RenditionTiming;
  /** What playlists state of it; no encoder is asked. */
  readonly announcement: Announcement;

  /** How the track is declared in the init segment; an encoder may have to be asked. */
  describe(signal: AbortSignal): Promise<MuxTrack>;

  /**
   * Makes one segment. Calls may run side by side, and in any order.
   * @param number - from 0.
   * @param signal - ends it.
   */
  segment(number: number, signal: AbortSignal): Promise<SegmentSamples>;
}
