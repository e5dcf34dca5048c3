import type { ClockStretch } from '../../time/continuous-time.js';
import type { LibavDemuxer } from '../../engine/demux/libav-demuxer.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import type { TransportStreamDemuxer } from '../../mpegts/demuxer.js';
import type { MediaIndex } from '../../media/media-index.js';
import type { Source } from '../../media/source.js';
import type { VideoTrack } from '../../media/track.js';
import type { OpenedDemuxer } from '../open-demuxer.js';
import { buildIndex } from './build-index.js';
import { buildTableIndex } from './build-table-index.js';
import { isChainedOgg } from './chained-ogg.js';
import { isCountedFull, isUnmeasured, measureAudio, measureLastPackets } from './measure-audio.js';
import type { SegmentDemuxer } from './segment-track.js';
import type { SurveyedTrack } from './survey-tracks.js';

/** An index, and what the demuxer learnt while it was built. */
export interface BuiltIndex {
  /** The index. */
  readonly index: MediaIndex;
  /** What a scan of libavformat adds to the source's own times; nothing of other containers. */
  readonly stretches: readonly ClockStretch[];
}

/** What segments need of a source, whatever its container. */
export interface SegmentSource {
  /** Reads it. */
  readonly demuxer: SegmentDemuxer;

  /** Samples come in the order of their offsets, from any on that its index gives. */
  readonly isInOrder: boolean;

  /** Tells where each track ends, by its `id`, in nanoseconds. */
  readTrackEnds(signal: AbortSignal): Promise<ReadonlyMap<number, number>>;

  /**
   * Builds the index of the video track.
   * @param video - the track and its first sample.
   * @param targetMs - length of a segment that is aimed at.
   */
  buildIndex(video: SurveyedTrack<VideoTrack>, targetMs: number, signal: AbortSignal): Promise<BuiltIndex>;
}

/** Bytes that are read of a source to which a read is a request, where nobody says how many. */
const DEFAULT_SCAN_BYTES = 64 << 20;

/**
 * Brings a demuxer into the form that segments are read with.
 * @param scanBytes - that may be read to find keyframes, or an end, that no index tells, where a read is a request; 64 MiB by
 * default.
 */
export function segmentSourceOf(opened: OpenedDemuxer, scanBytes = DEFAULT_SCAN_BYTES): SegmentSource {
  const { source } = opened;
  const verify = source.isLocal === true ? 'all' : 'some';
  if (opened.kind === 'matroska') {
    const { demuxer } = opened;
    return {
      demuxer,
      isInOrder: true,
      readTrackEnds: (signal) => demuxer.readTrackEnds({ signal }),
      buildIndex: async ({ track, sample }, targetMs, signal) => {
        const options = { firstSample: sample, targetMs, verify, scanBytes, signal } as const;
        return { index: await buildIndex(demuxer, source, track, options), stretches: [] };
      },
    };
  }
  if (opened.kind === 'libav' || opened.kind === 'mpegts') {
    return scannedSource(opened.demuxer, source, source.isLocal === true ? Infinity : scanBytes);
  }
  const { demuxer } = opened;
  return {
    demuxer: {
      info: demuxer.info,
      samples: (options) => demuxer.samples(options),
      firstClusterOffset: 0,
      findsByTime: true,
      readsTracksAlone: true,
      clusterBefore: () => Promise.resolve(undefined),
    },
    isInOrder: demuxer.isInOrder,
    readTrackEnds: (signal) => demuxer.readTrackEnds({ signal }),
    buildIndex: async ({ track, sample }, _targetMs, signal) => {
      const options = { firstSample: sample, verify, signal } as const;
      return { index: await buildTableIndex(demuxer, source, track, options), stretches: [] };
    },
  };
}

function scannedSource(
  demuxer: LibavDemuxer | TransportStreamDemuxer,
  source: Source,
  scanBytes: number,
): SegmentSource {
  return {
    demuxer: {
      info: demuxer.info,
      samples: (options) => demuxer.samples(options),
      firstClusterOffset: 0,
      findsByTime: true,
      clusterBefore: () => Promise.resolve(undefined),
    },
    isInOrder: false,
    // Without video there is no scan, and the container's duration is what there is, where it states one.
    readTrackEnds: async (signal) => {
      if (demuxer.info.container === 'ogg' && (await isChainedOgg(source, { signal }))) {
        throw new UnsupportedMediaError(
          'HLS cannot be had for this source: it is several Ogg streams one after another, and only the last tells its times. The continuous stream can be played.',
        );
      }
      if (isCountedFull(demuxer)) return await measureLastPackets(demuxer, scanBytes, signal);
      return isUnmeasured(demuxer) ? await measureAudio(demuxer, scanBytes, signal) : new Map();
    },
    buildIndex: async ({ track }, _targetMs, signal) => {
      const scan = await demuxer.scanKeyframes(track.id, { signal, budgetBytes: scanBytes });
      const { keyframes, trackEndsNs, stretches } = scan;
      // What was seen is the beginning: a plan of that would end the film there.
      if (!scan.isComplete) {
        throw new UnsupportedMediaError(
          'HLS cannot be had for this source: it has no index, and is too large to scan over the network. The continuous stream can be played.',
          { context: { track: track.id } },
        );
      }
      if (keyframes.length === 0) {
        throw new MalformedMediaError('The video track has no picture that decoding can begin at.', {
          context: { track: track.id },
        });
      }
      const faults = [
        'The container has no index that can be trusted; the file was scanned for its keyframes.',
      ];
      return { index: { trackId: track.id, origin: 'scan', keyframes, trackEndsNs, faults }, stretches };
    },
  };
}
