import type { MediaIndex } from '../../media/media-index.js';
import type { VideoTrack } from '../../media/track.js';
import type { OpenedDemuxer } from '../open-demuxer.js';
import { buildIndex } from './build-index.js';
import { buildTableIndex } from './build-table-index.js';
import type { SegmentDemuxer } from './segment-track.js';
import type { SurveyedTrack } from './survey-tracks.js';

/** What segments need of a source, whatever its container. */
export interface SegmentSource {
  /** Reads it. */
  readonly demuxer: SegmentDemuxer;

  /** Tells where each track ends, by its `id`, in nanoseconds. */
  readTrackEnds(signal: AbortSignal): Promise<ReadonlyMap<number, number>>;

  /**
   * Builds the index of the video track.
   * @param video - the track and its first sample.
   * @param targetMs - length of a segment that is aimed at.
   */
  buildIndex(video: SurveyedTrack<VideoTrack>, targetMs: number, signal: AbortSignal): Promise<MediaIndex>;
}

/** Brings a demuxer into the form that segments are read with. */
export function segmentSourceOf(opened: OpenedDemuxer): SegmentSource {
  const { source } = opened;
  const verify = source.isLocal === true ? 'all' : 'some';
  if (opened.kind === 'matroska') {
    const { demuxer } = opened;
    return {
      demuxer,
      readTrackEnds: (signal) => demuxer.readTrackEnds({ signal }),
      buildIndex: ({ track, sample }, targetMs, signal) =>
        buildIndex(demuxer, source, track, { firstSample: sample, targetMs, verify, signal }),
    };
  }
  const { demuxer } = opened;
  return {
    demuxer: {
      info: demuxer.info,
      samples: (options) => demuxer.samples(options),
      firstClusterOffset: 0,
      findsByTime: true,
      clusterBefore: () => Promise.resolve(undefined),
    },
    readTrackEnds: (signal) => demuxer.readTrackEnds({ signal }),
    buildIndex: ({ track, sample }, _targetMs, signal) =>
      buildTableIndex(demuxer, source, track, { firstSample: sample, verify, signal }),
  };
}
